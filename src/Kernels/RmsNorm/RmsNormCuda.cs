using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct RmsNorm
{
    private const int Eight = 8, MostRows = int.MaxValue - 256; // a CTA's rows may lie beyond the last

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        if (x.Format == ElementFormat.BF16)
            RowLengths.Run(width, new CudaLaunch<BFloat16>(this, queue));
        else
            RowLengths.Run(width, new CudaLaunch<Half>(this, queue));
        return true;
    }

    private bool HasCuda => rows is > 0 and <= MostRows && width is > 0 and <= RowLengths.Most && width % Eight == 0
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format && AnyCudaNumbers.TakesEights(weight);

    private readonly struct CudaLaunch<T>(RmsNorm norm, CudaQueue queue) : IRowLengthAction where T : unmanaged
    {
        public void Run<TLength>() where TLength : unmanaged, IRowLength
        {
            long count = norm.rows * norm.width;
            queue.Launch(
                new RmsNormKernel<T, TLength>(
                    norm.x.ToView<T>(count), norm.y.ToView<T>(count), new AnyCudaNumbers(norm.weight), (int)norm.rows, norm.width,
                    norm.epsilon),
                new CudaGrid(CudaGrid.Covering(norm.rows, RmsNormKernel<T, TLength>.Rows)));
        }
    }
}
