using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

// An implicit matrix product: rows are output pixels, columns output channels, the depth runs over taps and input channels.
public readonly unsafe partial struct CausalConv3d
{
    private const int MostNarrowOutputs = 4; // beyond them a panel of 16 is full enough

    /// <summary>
    /// Floats that a run needs beside its tensors: the widened weights where a handful of outputs makes them small, else none.
    /// </summary>
    public static long WorkspaceFloats(ConvolutionSize size) =>
        size.OutputChannels <= MostNarrowOutputs ? NarrowPanels.Floats(size) * NarrowPanels.Count(size) : 0;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        if (size.Output.Count == 0)
            return;
        if (size.OutputChannels <= MostNarrowOutputs)
        {
            var plan = new ConvolutionPlan(size, threads.Count, NarrowPanels.Padded(size));
            threads.For(NarrowPanels.Count(size), new NarrowPanels(this));
            threads.For(plan.Items, new NarrowBoxes(this, plan));
        }
        else
        {
            var plan = new ConvolutionPlan(size, threads.Count);
            threads.For(plan.Items, new WideBoxes(this, plan));
        }
    }

    // Every part of a scratch block begins at a cache line.
    private static long Aligned(long bytes) => (bytes + 63) & ~63L;
}
