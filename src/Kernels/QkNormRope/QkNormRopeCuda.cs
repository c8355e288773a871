using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct QkNormRope
{
    private const int MostTokens = int.MaxValue - 256; // a CTA's tokens may lie beyond the last

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        return x.Format == ElementFormat.BF16 ? TryRun<BFloat16>(queue) : TryRun<Half>(queue);
    }

    private bool HasCuda => (long)batch * tokens is > 0 and <= MostTokens && heads > 0 && (long)heads * width <= int.MaxValue / 2
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format
        && AnyCudaNumbers.TakesEights(weight) && AnyCudaNumbers.TakesEights(bias)
        && AnyCudaNumbers.TakesEights(cosine) && AnyCudaNumbers.TakesEights(sine);

    private bool TryRun<T>(CudaQueue queue) where T : unmanaged
    {
        switch (width)
        {
            case 16: return Run<T, HeadLanes.Of2>(queue);
            case 32: return Run<T, HeadLanes.Of4>(queue);
            case 64: return Run<T, HeadLanes.Of8>(queue);
            case 128: return Run<T, HeadLanes.Of16>(queue);
            default: return false;
        }
    }

    private bool Run<T, TLanes>(CudaQueue queue)
        where T : unmanaged
        where TLanes : unmanaged, IHeadLanes
    {
        int all = batch * tokens;
        long count = (long)all * heads * width;
        queue.Launch(
            new QkNormRopeKernel<T, TLanes>(
                x.ToView<T>(count), y.ToView<T>(count), new AnyCudaNumbers(weight), new AnyCudaNumbers(bias), epsilon,
                new AnyCudaNumbers(cosine), new AnyCudaNumbers(sine), all, tokens, textTokens, heads),
            new CudaGrid(CudaGrid.Covering(all, QkNormRopeKernel<T, TLanes>.Tokens)));
        return true;
    }
}
