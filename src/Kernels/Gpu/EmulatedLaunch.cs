using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Compiler;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>
/// Launches a kernel in the emulator on arrays of the host: arguments are given one by one, in the order of the constructor's parameters.
/// </summary>
/// <example><c>new EmulatedLaunch(typeof(VectorAdd)).View(a).View(b).View(c).Value(c.Length).Run(new Dim3(8, 1, 1))</c></example>
public sealed class EmulatedLaunch
{
    private readonly CompiledKernel compiled;
    private readonly List<LaunchArgument> arguments = [];
    private readonly Dictionary<string, byte[]> buffers = [];
    private readonly List<Action> copiesBack = [];

    /// <exception cref="CompileException">The kernel can't be compiled.</exception>
    public EmulatedLaunch(Type kernel, CompileOptions? options = null) => compiled = KernelCompiler.Compile(kernel, options);

    /// <summary>The next argument is a view of these elements; what the kernel writes is there when <see cref="Run"/> returns.</summary>
    public EmulatedLaunch View<T>(T[] elements)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(elements);
        string name = $"argument {buffers.Count}";
        byte[] bytes = MemoryMarshal.AsBytes<T>(elements).ToArray();
        buffers.Add(name, bytes);
        arguments.Add(new LaunchArgument.Buffer(name));
        Value(elements.Length);
        copiesBack.Add(() => bytes.CopyTo(MemoryMarshal.AsBytes(elements.AsSpan())));
        return this;
    }

    /// <summary>The next argument is this number.</summary>
    public EmulatedLaunch Value<T>(T value)
        where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        arguments.Add(new LaunchArgument.Value(bytes));
        return this;
    }

    /// <summary>Runs the launch to its end or to its first fault, which the report names with its C# line.</summary>
    /// <param name="grid">blocks</param> <param name="dynamicSharedBytes">of each block</param>
    /// <exception cref="LaunchException">The arguments aren't those of the kernel.</exception>
    public LaunchReport Run(Dim3 grid, int dynamicSharedBytes = 0, LaunchOptions? options = null)
    {
        (int x, int y, int z) = compiled.Block;
        var request = new LaunchRequest(compiled.Entry, grid, new Dim3(x, y, z), dynamicSharedBytes, arguments, buffers);
        LaunchReport report = PtxEmulator.Run(PtxModule.Parse(compiled.Ptx), request, options);
        foreach (Action copy in copiesBack) copy();
        return report;
    }
}
