using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

// An implicit matrix product: rows are output pixels, columns output channels, the depth runs over taps and input channels.
internal readonly unsafe partial struct CausalConv3d : IAnyWidth, IUsesWorkspace
{
    private const int MostNarrowOutputs = 4; // beyond them a panel of two vectors is full enough

    /// <inheritdoc/>
    public long WorkspaceBytes(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu or DeviceKind.CpuBf16 or DeviceKind.CpuBf16Amx => CpuWorkspaceBytes(kind),
        DeviceKind.Ilgpu => Math.Max(IlgpuWorkspaceBytes, CudaWorkspaceBytes),
        _ => 0,
    };

    // For weights widened and packed: all of them where a handful of outputs makes them few, else those of one slice of input channels.
    private long Fp32WorkspaceBytes
    {
        get
        {
            const int WidestPanel = 32;
            return sizeof(float) * Math.Max(
                (size.OutputChannels + WidestPanel - 1L) / WidestPanel * WidestPanel * size.Taps * ConvolutionPlan.SliceOf(size),
                size.OutputChannels <= MostNarrowOutputs ? NarrowPanelCount(size) * NarrowPanels.Floats(size) : 0);
        }
    }

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        if (size.Output.Count == 0)
            return;
        if (IsProduct(size))
        {
            PixelProduct.RunCpu(threads);
        }
        else if (IsTiled(threads.Kind))
        {
            RunTiled(threads);
        }
        else
        {
            WidestVectors.Run(this, threads);
        }
    }

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        if (size.OutputChannels <= MostNarrowOutputs && size.Input.Channels % TSimd.Lanes == 0)
        {
            var plan = ConvolutionPlan.InPlace(size, threads.Count);
            threads.For(NarrowPanelCount(size), new NarrowPanels(this, TSimd.Lanes));
            threads.For(plan.Items, new NarrowBoxes<TSimd, TVector>(this, plan));
        }
        else
        {
            var plan = ConvolutionPlan.InSlices(size, threads.Count, ConvolutionTile<TSimd, TVector>.WideOutputs);
            for (int channel = 0; channel < size.Input.Channels; channel += plan.Slice)
            {
                threads.For(plan.Panels, new WidePanels(this, plan, channel));
                threads.For(plan.Items, new WideBoxes<TSimd, TVector>(this, plan, channel));
            }
        }
    }

    // Not with a zero row and column at the end: of those the results are the bias.
    private static bool IsProduct(ConvolutionSize size) => size.Taps == 1 && size.Stride == 1 && !size.PadEnd;

    private static int NarrowPanelCount(ConvolutionSize size) =>
        (size.OutputChannels + ConvolutionTiles.NarrowOutputs - 1) / ConvolutionTiles.NarrowOutputs;

    // Every part of a scratch block begins at a cache line.
    private static long Aligned(long bytes) => (bytes + 63) & ~63L;
}
