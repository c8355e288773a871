using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Kernels.Tuning;
using ILGPU;
using Block = CogVideoX.Compiler.Language.Block;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Kernels.Launches;

/// <summary>
/// Runs nothing and holds nothing, as a plan does, and lists what would be launched on a card: the kernels of our compiler where an
/// operation has them for its operands, the portable ones elsewhere.
/// </summary>
/// <param name="architecture">Compute capability without its point: 80, 90.</param>
/// <param name="multiprocessors">Streaming multiprocessors, by which grids are chosen.</param>
internal sealed unsafe class LaunchListDevice(int architecture, int multiprocessors) : Device
{
    private const nint Alignment = 256;

    private readonly List<PlannedLaunch> launches = [];
    private readonly HashSet<TiledProblem> problems = [];
    private readonly OperandBlocks blocks = new();
    private nint next = Alignment;

    /// <summary>What would have been launched so far.</summary>
    public IReadOnlyList<PlannedLaunch> Launches => launches;

    /// <summary>What had a choice of tiles, each once, in the order of first launches.</summary>
    public IEnumerable<TiledProblem> Problems => problems;

    public override string Name => $"the launches on sm_{architecture}";

    public override DeviceKind Kind => DeviceKind.Ilgpu;

    public override MemoryPlace Place => MemoryPlace.Nowhere;

    public override bool HoldsWeights => true;

    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    public override bool ReadsWeights(ElementFormat format) => ComputesIn(format);

    public override nint Allocate(long bytes)
    {
        nint address = next;
        next += (nint)((bytes + Alignment - 1) / Alignment * Alignment);
        blocks.Add(address, bytes);
        return address;
    }

    public override void Free(nint address) { } // no address is given twice

    public override void CopyIn(void* source, nint target, long bytes) { }

    public override void CopyOut(nint source, void* target, long bytes) =>
        throw new InvalidOperationException("A dry run has no contents to read.");

    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        OperationText text = OperationText.Of(operation, blocks);
        int first = launches.Count;
        if (operation is IHasTiles { Problem: { } problem })
            problems.Add(problem);
        var compiled = new Compiled(this, TOperation.Name, text) { Workspace = workspace };
        if (!operation.TryRunCuda(compiled))
            operation.RunIlgpu(new Portable(this, TOperation.Name, text) { Workspace = workspace });
        if (launches.Count > first)
            launches[first] = launches[first] with { Flops = operation.Flops, Bytes = text.Bytes };
    }

    private void Add(string operation, string kernel, (int X, int Y, int Z) grid, int threads, int shared, OperationText text) =>
        launches.Add(new PlannedLaunch(operation, kernel, grid, threads, shared, text.Sizes, text.Fused, 0, 0));

    private sealed class Compiled(LaunchListDevice device, string operation, OperationText text) : CudaQueue
    {
        internal override int Architecture => device.Architecture;

        internal override int Multiprocessors => device.Multiprocessors;

        internal override void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0)
        {
            Block block = TKernel.Block;
            device.Add(
                operation, OperationText.NameOf(typeof(TKernel)), (grid.X, grid.Y, grid.Z), block.X * block.Y * block.Z, dynamicSharedBytes,
                text);
        }
    }

    private sealed class Portable(LaunchListDevice device, string operation, OperationText text) : IlgpuQueue
    {
        internal override int Multiprocessors => device.Multiprocessors;

        internal override ArrayView<T> View<T>(void* address, long count) => ArrayView<T>.Empty;

        internal override void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments) => device.Add(
            operation, $"{OperationText.NameOf(kernel.Method.DeclaringType!)}.{kernel.Method.Name} (portable)",
            (config.GridDim.X, config.GridDim.Y, config.GridDim.Z), config.GroupDim.Size, 0, text);
    }

    private int Architecture => architecture;

    private int Multiprocessors => multiprocessors;
}
