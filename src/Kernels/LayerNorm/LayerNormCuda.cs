using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct LayerNorm
{
    private const int Eight = 8, MostRows = int.MaxValue - 256; // a CTA's rows may lie beyond the last

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

    private bool HasCuda => rows > 0 && rows + Math.Max(shift.FirstRow, scale.FirstRow) <= MostRows
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format
        && width is > 0 and <= RowLengths.Most && ((long)width | shift.BatchStride | scale.BatchStride) % Eight == 0
        && AnyCudaNumbers.TakesEights(weight) && AnyCudaNumbers.TakesEights(bias)
        && AnyCudaNumbers.TakesEights(shift.Text) && AnyCudaNumbers.TakesEights(shift.Video)
        && AnyCudaNumbers.TakesEights(scale.Text) && AnyCudaNumbers.TakesEights(scale.Video);

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged
    {
        if (IsLikeX(weight) && IsLikeX(bias) && IsLikeX(shift.Text) && IsLikeX(shift.Video) && IsLikeX(scale.Text) && IsLikeX(scale.Video))
            RowLengths.Run(width, new CudaLaunch<T, CudaNumbers<T>>(this, queue));
        else
            RowLengths.Run(width, new CudaLaunch<T, AnyCudaNumbers>(this, queue));
    }

    private bool IsLikeX(Elements vector) => vector.IsNull || vector.Format == x.Format;

    private readonly struct CudaLaunch<T, TVectors>(LayerNorm norm, CudaQueue queue) : IRowLengthAction
        where T : unmanaged
        where TVectors : unmanaged, ICudaNumbers<TVectors>
    {
        public void Run<TLength>() where TLength : unmanaged, IRowLength
        {
            long count = norm.rows * norm.width;
            queue.Launch(
                new LayerNormKernel<T, TLength, TVectors>(
                    norm.x.ToView<T>(count), norm.y.ToView<T>(count), TVectors.Of(norm.weight), TVectors.Of(norm.bias),
                    new CudaRowVectors<TVectors>(norm.shift), new CudaRowVectors<TVectors>(norm.scale),
                    (int)norm.rows, norm.width, norm.epsilon),
                new CudaGrid(CudaGrid.Covering(norm.rows, LayerNormKernel<T, TLength, TVectors>.Rows)));
        }
    }
}
