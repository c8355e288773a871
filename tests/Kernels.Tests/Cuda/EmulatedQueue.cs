using System.Runtime.InteropServices;
using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>Launches kernels of our compiler on the emulator, each access counted, and keeps what it reports.</summary>
internal sealed class EmulatedQueue : CudaQueue, IDisposable
{
    private static readonly Dictionary<Type, CompiledKernel> Compiled = [];

    private readonly Dictionary<Type, EmulatedKernel> kernels = [];
    private readonly Func<Type, string, string> edit;
    private int workspaceBytes;

    /// <param name="options">Seed, timing, limits of instructions.</param>
    /// <param name="edit">Another text for the PTX of a kernel; null leaves it.</param>
    public EmulatedQueue(LaunchOptions? options = null, Func<Type, string, string>? edit = null)
    {
        this.edit = edit ?? ((_, ptx) => ptx);
        Device = new EmulatedDevice(new EmulatedDeviceOptions
        {
            Launch = options ?? new EmulatedDeviceOptions().Launch,
            Count = true,
            KeepGoing = true,
            AllowUnwrittenCopies = true,
            Architecture = "sm_80",
        });
    }

    public EmulatedDevice Device { get; }

    /// <summary>In their order.</summary>
    public List<(Type Kernel, LaunchReport Report)> Launches { get; } = [];

    internal override int Architecture => 80;

    /// <summary>So few that small problems meet the paths of large ones.</summary>
    internal override int Multiprocessors => 4;

    /// <summary>The kernel's PTX.</summary>
    public static CompiledKernel CompiledOf(Type kernel)
    {
        lock (Compiled)
        {
            if (!Compiled.TryGetValue(kernel, out CompiledKernel? known))
                Compiled.Add(kernel, known = KernelCompiler.Compile(kernel));
            return known;
        }
    }

    /// <summary>Gives the operation that comes next so much memory beside its operands.</summary>
    public void Reserve(long bytes)
    {
        if (bytes > workspaceBytes)
            Workspace = (nint)Device.Allocate(workspaceBytes = (int)bytes);
    }

    public void Dispose() => Device.Dispose();

    internal override void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0)
    {
        CompiledKernel compiled = CompiledOf(typeof(TKernel));
        if (!kernels.TryGetValue(typeof(TKernel), out EmulatedKernel? loaded))
            kernels.Add(typeof(TKernel), loaded = Device.Load(edit(typeof(TKernel), compiled.Ptx)).Kernel(compiled.Entry));
        ReadOnlySpan<byte> parameters = MemoryMarshal.AsBytes(new ReadOnlySpan<TKernel>(in kernel))[..loaded.ParameterBytes];
        Block block = compiled.Block;
        Launches.Add((typeof(TKernel), Device.Launch(
            loaded, new Dim3(grid.X, grid.Y, grid.Z), new Dim3(block.X, block.Y, block.Z), dynamicSharedBytes, parameters)));
    }
}
