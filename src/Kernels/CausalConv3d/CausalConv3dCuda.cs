using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d : IHasTiles
{
    private const int MostGridFrames = 65_535, Eight = 8, Window = 3;
    private const int CopiedBeyond = 4 * TileProduct<Half, ProductTiles.Wide>.Depth; // a ring's slices

    /// <summary>Of windows of 3×3×3 without stride; a pixel's own is a product's.</summary>
    public TiledProblem? Problem
    {
        get
        {
            if (IsProduct(size))
                return PixelProduct.Problem;
            VideoSize video = size.Input;
            bool hasChoice = HasCuda && HasChoice(size) && video.Batch == 1
                && size is { KernelFrames: Window, KernelHeight: Window, KernelWidth: Window, Stride: 1, PadEnd: false };
            return hasChoice
                ? new(TiledOperation.CausalConv3d, video.Frames, video.Height, video.Width, video.Channels, size.OutputChannels)
                : null;
        }
    }

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (IsProduct(size))
            return PixelProduct.TryRunCuda(queue);
        if (!HasCuda)
            return false;
        if (x.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue);
        else
            RunCuda<Half>(queue);
        return true;
    }

    /// <summary>Whether there is a choice of tiles.</summary>
    public static bool HasChoice(ConvolutionSize size) => !ConvolutionPatchKernel<Half>.Takes(ReadAs(size)) && HasKernels(size);

    // Fewer channels than an access has are copied, with zeros beside them: x, what came before, and the weights, which are packed anyway.
    private bool IsPadded => size.Input.Channels < Eight;

    private ConvolutionSize CudaSize => ReadAs(size);

    private long PackedCount => CountOfWeights(size);

    private long Pixels => size.Input.Batch * size.Input.Pixels;

    private long HistoryPixels => history.IsNull ? 0 : Pixels / size.Input.Frames * (size.KernelFrames - 1);

    private long CudaWorkspaceBytes => IsProduct(size) ? PixelProduct.WorkspaceBytes(DeviceKind.Ilgpu)
        : HasCuda ? sizeof(ushort) * (PackedCount + (IsPadded ? (Pixels + HistoryPixels) * Eight : 0)) : 0;

    private LinearEpilogue Epilogue => new(bias, LinearActivation.None) { Residual = residual };

    // 1×1×1 without stride.
    private Linear PixelProduct =>
        new(x, weight, y, size.Output.Batch * size.Output.Pixels, size.OutputChannels, size.Input.Channels, Epilogue);

    private bool HasCuda => size.Output.Count > 0
        && x.Format is ElementFormat.BF16 or ElementFormat.F16
        && weight.Format == x.Format && (history.IsNull || history.Format == x.Format)
        && !x.IsScaled && !weight.IsScaled && !history.IsScaled
        && HasKernels(size)
        && (IsPadded
            ? Math.Max(Pixels, HistoryPixels) <= ConvolutionPadKernel.MostPixels
            : CudaQueue.IsAligned(x) && CudaQueue.IsAligned(history))
        && AnyCudaNumbers.Takes(y) && LinearCudaFinish.Takes(Epilogue, size.Output.Batch * size.Output.Pixels);

    private static ConvolutionSize ReadAs(ConvolutionSize size) =>
        size.Input.Channels < Eight ? size with { Input = size.Input with { Channels = Eight } } : size;

    private static bool HasKernels(ConvolutionSize size) => ConvolutionWindows.Takes(ReadAs(size), CopiedBeyond)
        && CountOfWeights(size) <= int.MaxValue && (long)size.Input.Batch * size.Input.Frames <= MostGridFrames;

    private static long CountOfWeights(ConvolutionSize size) =>
        (long)size.OutputChannels * size.Taps * ReadAs(size).Input.Channels;

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged
    {
        ConvolutionSize read = CudaSize;
        var frames = IsPadded
            ? new ConvolutionFrames<T>(Padded(queue, x, Pixels, 0), Padded(queue, history, HistoryPixels, Pixels), read)
            : new ConvolutionFrames<T>(x, history, read);
        var finish = new LinearCudaFinish(y, Epilogue, size.OutputChannels);
        bool isPatch = ConvolutionPatchKernel<T>.Takes(read);
        View<T> packed = Pack<T>(
            queue, isPatch ? ConvolutionCudaWeights.ByTap(read) : ConvolutionCudaWeights.ByOutput(read), size.Input.Channels);
        if (isPatch)
        {
            queue.Launch(
                new ConvolutionPatchKernel<T>(frames, read, new SmallDivisor(read.Input.Channels / Eight), packed, finish),
                new CudaGrid(
                    size.Input.Batch * size.Input.Frames,
                    CudaGrid.Covering(size.OutputWidth, ConvolutionPatchKernel<T>.Results(size.KernelWidth)),
                    CudaGrid.Covering(size.OutputHeight, ConvolutionPatchKernel<T>.Results(size.KernelHeight))),
                ConvolutionPatchKernel<T>.SharedBytes);
            return;
        }
        switch (ConvolutionCudaPlan.For(size, x.Format, queue))
        {
            case TileKind.Wide:
                LaunchTiles<T, ProductTiles.Wide>(queue, frames, packed, finish);
                break;
            case TileKind.Tall:
                LaunchTiles<T, ProductTiles.Tall>(queue, frames, packed, finish);
                break;
            case TileKind.Square:
                LaunchTiles<T, ProductTiles.Square>(queue, frames, packed, finish);
                break;
            default:
                LaunchTiles<T, ProductTiles.Small>(queue, frames, packed, finish);
                break;
        }
    }

    private View<T> Pack<T>(CudaQueue queue, ConvolutionCudaWeights layout, int stored) where T : unmanaged
    {
        var packed = new View<ushort>((ushort*)queue.Workspace, PackedCount);
        int eights = (int)(PackedCount / Eight);
        View<ushort> weights = weight.ToView<ushort>((long)size.OutputChannels * size.Taps * stored);
        queue.Launch(
            new ConvolutionPackKernel(weights, packed, eights, layout, stored),
            new CudaGrid(CudaGrid.Covering(eights, ConvolutionPackKernel.Block.X)));
        return packed.As<T>();
    }

    // Behind the packed weights, and so many pixels.
    private Elements Padded(CudaQueue queue, Elements video, long pixels, long pixelsBefore)
    {
        if (video.IsNull)
            return default;
        Bits128* padded = (Bits128*)queue.Workspace + PackedCount / Eight + pixelsBefore;
        queue.Launch(
            new ConvolutionPadKernel((ushort*)video.Address, padded, (int)pixels, size.Input.Channels),
            new CudaGrid(CudaGrid.Covering(pixels, ConvolutionPadKernel.Pixels)));
        return new Elements(padded, video.Format);
    }

    private void LaunchTiles<T, TTile>(CudaQueue queue, ConvolutionFrames<T> frames, View<T> packed, LinearCudaFinish finish)
        where T : unmanaged
        where TTile : unmanaged, IProductTile
    {
        var windows = new ConvolutionWindows(CudaSize);
        int tiles = checked(CudaGrid.Covering(windows.Pixels, TTile.Rows) * CudaGrid.Covering(size.OutputChannels, TTile.Columns));
        queue.Launch(
            new ConvolutionTileKernel<T, TTile>(frames, windows, packed, size.OutputChannels, finish),
            new CudaGrid(tiles, size.Input.Batch * size.Input.Frames), ConvolutionTileKernel<T, TTile>.SharedBytes);
    }
}
