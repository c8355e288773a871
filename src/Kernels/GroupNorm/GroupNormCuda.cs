using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct GroupNorm
{
    private const int MostInGrid = 65_535; // batch items

    // Moments of each channel of each chunk, then what each channel is mapped by. (Of the size alone: a plan has no operands.)
    private long CudaWorkspaceBytes =>
        size.Count > 0 && GroupNormCudaPlan.Takes(size) ? (CudaMoments + (long)size.Batch * size.Channels) * sizeof(Float2) : 0;

    private long CudaMoments => (long)size.Batch * GroupNormCudaPlan.Of(size).Chunks * size.Channels;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        if (x.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue);
        else
            RunCuda<Half>(queue);
        return true;
    }

    private bool HasCuda => size.Count > 0 && size.Batch <= MostInGrid && (long)size.Batch * groups <= int.MaxValue
        && Rows * size.Width <= int.MaxValue && GroupNormCudaPlan.Takes(size)
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format && (maps.IsNone || (IsLikeX(maps.Scale) && IsLikeX(maps.Shift)))
        && AnyCudaNumbers.Takes(weight) && AnyCudaNumbers.Takes(bias);

    private bool IsLikeX(Elements map) => map.IsPacked() && map.Format == x.Format;

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged
    {
        var plan = GroupNormCudaPlan.Of(size);
        View<T> numbers = x.ToView<T>(size.Count);
        View<Float2> all = new((Float2*)queue.Workspace, CudaMoments);
        View<Float2> channelMaps = new(all.Pointer + all.Length, (long)size.Batch * size.Channels);
        queue.Launch(
            new GroupNormMomentsKernel<T>(numbers, all, size.Pixels, size.Channels, plan.ChunkPixels),
            new CudaGrid(plan.Chunks, size.Batch));
        queue.Launch(
            new GroupNormChannelsKernel(
                all, channelMaps, new AnyCudaNumbers(weight), new AnyCudaNumbers(bias), size.Pixels, size.Channels, groups, plan.Chunks,
                plan.ChunkPixels, epsilon),
            new CudaGrid(size.Batch * groups));
        queue.Launch(
            new GroupNormApplyKernel<T>(
                numbers, y.ToView<T>(size.Count), channelMaps, new CudaSpatialMaps<T>(maps, size), size, plan.RowParts, silu ? 1 : 0),
            new CudaGrid(checked((int)(Rows * plan.RowParts))));
    }
}
