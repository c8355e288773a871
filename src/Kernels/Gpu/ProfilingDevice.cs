using System.Globalization;
using System.Runtime.InteropServices;
using CogVideoX.Compiler;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Gpu;

/// <summary>
/// A card of which only some CTAs of each launch run, in the emulator, so that operations of any size can be counted: their results mean
/// nothing, and their memory takes none here. It has the kernels of our own compiler, and no others.
/// </summary>
public sealed unsafe class ProfilingDevice : Device, ITunedDevice
{
    private readonly CardRates card;
    private readonly EmulatedDevice emulated;
    private readonly Queue queue;
    private readonly List<ProfiledLaunch> launches = [];

    /// <param name="card">Whose number of multiprocessors and architecture kernels are chosen for.</param>
    /// <param name="sampledCtas">So many CTAs of a launch run.</param>
    public ProfilingDevice(CardRates card, int sampledCtas = 4)
    {
        ArgumentNullException.ThrowIfNull(card);
        this.card = card;
        var options = new EmulatedDeviceOptions();
        emulated = new EmulatedDevice(options with
        {
            Architecture = string.Create(CultureInfo.InvariantCulture, $"sm_{card.Architecture}"),
            Launch = options.Launch with { SampledCtas = sampledCtas },
            MemoryBytes = long.MaxValue,
            Count = true,
        });
        queue = new Queue(this);
    }

    /// <summary>What was launched, in order.</summary>
    public IReadOnlyList<ProfiledLaunch> Launches => launches;

    TileTable ITunedDevice.Tiles
    {
        get => queue.Tiles;
        set => queue.Tiles = value;
    }

    TileCard? ITunedDevice.Card => queue.Card;

    /// <inheritdoc/>
    public override string Name => $"profile of {card.Title}";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Ilgpu;

    /// <inheritdoc/>
    public override MemoryPlace Place => MemoryPlace.Device;

    /// <inheritdoc/>
    public override CancellationToken Cancellation
    {
        get => emulated.Cancellation;
        set => emulated.Cancellation = value;
    }

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    /// <inheritdoc/>
    public override bool ReadsWeights(ElementFormat format) => ComputesIn(format);

    /// <inheritdoc/>
    public override bool Multiplies(ElementFormat weights, ElementFormat activations) =>
        ReadsWeights(weights) || (weights == ElementFormat.F8E4M3 && activations != ElementFormat.F32);

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => (nint)emulated.Allocate(Math.Max(bytes, 1));

    /// <inheritdoc/>
    public override void Free(nint address) => emulated.Free((ulong)address);

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes) => emulated.CopyIn(source, (ulong)target, bytes);

    /// <inheritdoc/>
    public override void CopyOut(nint source, void* target, long bytes) => emulated.CopyOut((ulong)source, target, bytes);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Our compiler has no kernels for the operation, or for its types and sizes.</exception>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        queue.Workspace = workspace;
        queue.Operation = TOperation.Name;
        if (!operation.TryRunCuda(queue))
            throw new NotSupportedException($"{TOperation.Name} has no kernels of our own compiler for these types and sizes.");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        emulated.Dispose();
        base.Dispose();
    }

    private sealed class Queue(ProfilingDevice device) : CudaQueue
    {
        private readonly Dictionary<Type, (CompiledKernel Compiled, EmulatedKernel Loaded)> kernels = [];

        public string Operation { get; set; } = "";

        internal override int Architecture => device.card.Architecture;

        internal override int Multiprocessors => device.card.Multiprocessors;

        internal override void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0)
        {
            if (!kernels.TryGetValue(typeof(TKernel), out (CompiledKernel Compiled, EmulatedKernel Loaded) known))
            {
                CompiledKernel compiled = new GpuKernel(typeof(TKernel)).Compile();
                known = (compiled, device.emulated.Load(compiled.Ptx).Kernel(compiled.Entry));
                kernels.Add(typeof(TKernel), known);
            }
            (int x, int y, int z) = known.Compiled.Block;
            ReadOnlySpan<byte> parameters =
                MemoryMarshal.AsBytes(new ReadOnlySpan<TKernel>(in kernel))[..known.Loaded.ParameterBytes];
            LaunchReport report = device.emulated.Launch(
                known.Loaded, new Dim3(grid.X, grid.Y, grid.Z), new Dim3(x, y, z), dynamicSharedBytes, parameters);
            device.launches.Add(new ProfiledLaunch(
                Operation, known.Compiled.Entry, x * y * z, known.Compiled.StaticSharedBytes + dynamicSharedBytes,
                Math.Max(1, TKernel.MinimumCtas), report));
        }
    }
}

/// <summary>A launch that was counted in part.</summary>
/// <param name="Operation">Whose it is.</param>
/// <param name="Kernel">Its entry's name in PTX.</param>
/// <param name="Threads">Of a CTA.</param>
/// <param name="SharedBytes">Of a CTA.</param>
/// <param name="Residents">CTAs that a multiprocessor is made to hold at once, at least.</param>
/// <param name="Report">Counts of the CTAs that ran.</param>
public sealed record ProfiledLaunch(string Operation, string Kernel, int Threads, int SharedBytes, int Residents, LaunchReport Report);
