using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear : IUsesWorkspace
{
    private const int Eight = 8, MostFewRows = LinearFewRowsKernel<Half>.MostRows;

    /// <summary>In kernels of our compiler, sums of parts of the inputs where there are few rows.</summary>
    public long WorkspaceBytes(DeviceKind kind) => kind == DeviceKind.Ilgpu && rows > MostFewRows && HasCuda
        ? LinearCudaPlan.WorkspaceBytes(rows, outputs, inputs)
        : 0;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue) => TryRunCuda(queue, queue.Workspace);

    /// <summary>The same with its workspace elsewhere.</summary>
    internal bool TryRunCuda(CudaQueue queue, nint workspace)
    {
        if (!HasCuda)
            return false;
        if (x.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue, (Float4*)workspace);
        else
            RunCuda<Half>(queue, (Float4*)workspace);
        return true;
    }

    /// <summary>Whether the kernels of our compiler take these operands.</summary>
    internal bool HasCuda => rows > 0 && outputs > 0
        && x.Format is ElementFormat.BF16 or ElementFormat.F16
        && weight.Format == x.Format && !x.IsScaled && !weight.IsScaled
        && inputs % Eight == 0
        && CudaQueue.IsAligned(x) && CudaQueue.IsAligned(weight)
        && AnyCudaNumbers.Takes(y) && LinearCudaFinish.Takes(epilogue, rows);

    private void RunCuda<T>(CudaQueue queue, Float4* workspace) where T : unmanaged
    {
        var finish = new LinearCudaFinish(y, epilogue, outputs);
        if (rows <= MostFewRows)
        {
            var kernel = new LinearFewRowsKernel<T>(Numbers<T>(x, rows), Numbers<T>(weight, outputs), (int)rows, outputs, inputs, finish);
            queue.Launch(kernel, new CudaGrid(CudaGrid.Covering(outputs, LinearFewRowsKernel<T>.Columns)));
            return;
        }
        LinearCudaPlan plan = LinearCudaPlan.For(rows, outputs, inputs, queue.Multiprocessors);
        switch (plan.Tile)
        {
            case LinearCudaTile.Wide:
                RunCuda<T, ProductTiles.Wide>(queue, plan, finish, workspace);
                break;
            case LinearCudaTile.Tall:
                RunCuda<T, ProductTiles.Tall>(queue, plan, finish, workspace);
                break;
            case LinearCudaTile.Square:
                RunCuda<T, ProductTiles.Square>(queue, plan, finish, workspace);
                break;
            default:
                RunCuda<T, ProductTiles.Small>(queue, plan, finish, workspace);
                break;
        }
    }

    private void RunCuda<T, TTile>(CudaQueue queue, LinearCudaPlan plan, LinearCudaFinish finish, Float4* workspace)
        where T : unmanaged
        where TTile : unmanaged, IProductTile
    {
        if (plan.Parts == 1)
        {
            LaunchTiles<T, TTile, LinearCudaFinish>(queue, plan, finish);
            return;
        }
        int pitch = LinearCudaPlan.Pitch(outputs);
        var parts = new LinearPartSums(new View<Float4>(workspace, plan.Parts * rows * pitch / 4), (int)rows, pitch);
        LaunchTiles<T, TTile, LinearPartSums>(queue, plan, parts);
        queue.Launch(
            new LinearPartsKernel(parts, plan.Parts, (int)rows, outputs, finish),
            new CudaGrid(CudaGrid.Covering(rows * pitch / Eight, LinearPartsKernel.Block.X)));
    }

    private void LaunchTiles<T, TTile, TEnding>(CudaQueue queue, LinearCudaPlan plan, TEnding ending)
        where T : unmanaged
        where TTile : unmanaged, IProductTile
        where TEnding : unmanaged, ITileEnding
    {
        int tiles = checked(CudaGrid.Covering(rows, TTile.Rows) * CudaGrid.Covering(outputs, TTile.Columns));
        queue.Launch(
            new LinearTileKernel<T, TTile, TEnding>(
                Numbers<T>(x, rows), Numbers<T>(weight, outputs), (int)rows, outputs, inputs, plan.PartInputs, ending),
            new CudaGrid(tiles, plan.Parts), LinearTileKernel<T, TTile, TEnding>.SharedBytes);
    }

    private View<T> Numbers<T>(Elements operand, long count) where T : unmanaged => operand.ToView<T>(count * inputs);
}
