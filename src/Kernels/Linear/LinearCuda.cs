using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear : IUsesWorkspace, IHasTiles
{
    /// <summary>Up to so many rows have a kernel of their own.</summary>
    public const int MostFewRows = LinearFewRowsKernel<Half>.MostRows;

    private const int Eight = 8;

    private bool IsFloat8 => weight.Format == ElementFormat.F8E4M3;

    /// <summary>
    /// In kernels of our compiler, sums of parts of the inputs where there are few rows; on the CPU, packed weights, and in bf16 rounded
    /// rows.
    /// </summary>
    public long WorkspaceBytes(DeviceKind kind) => kind switch
    {
        DeviceKind.Ilgpu when (rows > MostFewRows || IsFloat8) && HasCuda => LinearCudaPlan.WorkspaceBytes(rows, outputs, inputs),
        DeviceKind.Cpu or DeviceKind.CpuBf16 or DeviceKind.CpuBf16Amx => new TiledProducts(this, kind).Bytes,
        _ => 0,
    };

    /// <inheritdoc/>
    public TiledProblem? Problem => HasCuda && !IsFloat8 && HasChoice(rows, inputs) && rows <= int.MaxValue
        ? new(TiledOperation.Linear, (int)rows, outputs, inputs) : null;

    /// <summary>Whether there is a choice of tiles.</summary>
    public static bool HasChoice(long rows, int inputs) => rows > MostFewRows && inputs % Eight == 0;

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
        && !x.IsScaled && (IsFloat8 ? TakesFloat8 : weight.Format == x.Format && !weight.IsScaled)
        && inputs % Eight == 0
        && CudaQueue.IsAligned(x) && CudaQueue.IsAligned(weight)
        && AnyCudaNumbers.Takes(y) && LinearCudaFinish.Takes(epilogue, rows);

    private TileShape TileShape => new(TiledOperation.Linear, rows, outputs, inputs, weight.Format);

    // 16 bytes of a row at a time, one scale for all.
    private bool TakesFloat8 => inputs % (2 * Eight) == 0 && weight.Scales.ElementsPerFactor == 0;

    private void RunCuda<T>(CudaQueue queue, Float4* workspace) where T : unmanaged
    {
        var finish = new LinearCudaFinish(y, epilogue, outputs);
        if (IsFloat8)
        {
            var scale = new View<float>(weight.Scales.Factors, weight.IsScaled ? 1 : 0);
            RunTiles<T, LinearScaledFinish>(queue, new LinearScaledFinish(finish, scale), workspace);
        }
        else if (rows <= MostFewRows)
        {
            var kernel = new LinearFewRowsKernel<T>(Numbers<T>(x, rows), Numbers<T>(weight, outputs), (int)rows, outputs, inputs, finish);
            queue.Launch(kernel, new CudaGrid(CudaGrid.Covering(outputs, LinearFewRowsKernel<T>.Columns)));
        }
        else
        {
            RunTiles<T, LinearCudaFinish>(queue, finish, workspace);
        }
    }

    private void RunTiles<T, TFinish>(CudaQueue queue, TFinish finish, Float4* workspace)
        where T : unmanaged
        where TFinish : unmanaged, ITileEnding
    {
        LinearCudaPlan plan = LinearCudaPlan.For(TileShape, queue);
        switch (plan.Choice.Tile)
        {
            case TileKind.Wide:
                RunTiles<T, ProductTiles.Wide, TFinish>(queue, plan, finish, workspace);
                break;
            case TileKind.Tall:
                RunTiles<T, ProductTiles.Tall, TFinish>(queue, plan, finish, workspace);
                break;
            case TileKind.Square:
                RunTiles<T, ProductTiles.Square, TFinish>(queue, plan, finish, workspace);
                break;
            default:
                RunTiles<T, ProductTiles.Small, TFinish>(queue, plan, finish, workspace);
                break;
        }
    }

    private void RunTiles<T, TTile, TFinish>(CudaQueue queue, LinearCudaPlan plan, TFinish finish, Float4* workspace)
        where T : unmanaged
        where TTile : unmanaged, IProductTile
        where TFinish : unmanaged, ITileEnding
    {
        if (plan.Parts == 1)
        {
            LaunchTiles<T, TTile, TFinish>(queue, plan, finish);
            return;
        }
        int pitch = LinearCudaPlan.Pitch(outputs);
        var parts = new LinearPartSums(new View<Float4>(workspace, plan.Parts * rows * pitch / 4), (int)rows, pitch);
        LaunchTiles<T, TTile, LinearPartSums>(queue, plan, parts);
        queue.Launch(
            new LinearPartsKernel<TFinish>(parts, plan.Parts, (int)rows, outputs, finish),
            new CudaGrid(CudaGrid.Covering(rows * pitch / Eight, LinearPartsKernel<TFinish>.Block.X)));
    }

    private void LaunchTiles<T, TTile, TEnding>(CudaQueue queue, LinearCudaPlan plan, TEnding ending)
        where T : unmanaged
        where TTile : unmanaged, IProductTile
        where TEnding : unmanaged, ITileEnding
    {
        int tiles = checked(CudaGrid.Covering(rows, TTile.Rows) * CudaGrid.Covering(outputs, TTile.Columns));
        var grid = new CudaGrid(tiles, plan.Parts);
        if (IsFloat8)
        {
            queue.Launch(
                new LinearFloat8Kernel<T, TTile, TEnding>(
                    Numbers<T>(x, rows), Numbers<byte>(weight, outputs), (int)rows, outputs, inputs, plan.PartInputs, ending),
                grid, LinearFloat8Kernel<T, TTile, TEnding>.SharedBytes);
            return;
        }
        queue.Launch(
            new LinearTileKernel<T, TTile, TEnding>(
                Numbers<T>(x, rows), Numbers<T>(weight, outputs), (int)rows, outputs, inputs, plan.PartInputs, ending),
            grid, LinearTileKernel<T, TTile, TEnding>.SharedBytes);
    }

    private View<T> Numbers<T>(Elements operand, long count) where T : unmanaged => operand.ToView<T>(count * inputs);
}
