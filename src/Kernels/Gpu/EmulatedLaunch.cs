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
    private readonly Dictionary<string, long> zeros = [];
    private readonly List<Action> copiesBack = [];

    /// <exception cref="CompileException">The kernel can't be compiled.</exception>
    public EmulatedLaunch(Type kernel, CompileOptions? options = null) => compiled = KernelCompiler.Compile(kernel, options);

    /// <summary>The next argument is a view of these elements; what the kernel writes is there when <see cref="Run"/> returns.</summary>
    public EmulatedLaunch View<T>(T[] elements)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(elements);
        arguments.Add(new LaunchArgument.Buffer(Add(elements.Length * Unsafe.SizeOf<T>(), elements)));
        return Value((long)elements.Length);
    }

    /// <summary>
    /// The next argument is a view of so many zeros, more than an array may hold if need be: only what the kernel writes takes memory, and
    /// nobody sees it when the launch has ended.
    /// </summary>
    public EmulatedLaunch Zeros<T>(long elements)
        where T : unmanaged
    {
        string name = $"argument {buffers.Count + zeros.Count}";
        zeros.Add(name, checked(elements * Unsafe.SizeOf<T>()));
        arguments.Add(new LaunchArgument.Buffer(name));
        return Value(elements);
    }

    /// <summary>The next argument is a struct by value, in which views (or pointers alone) are these elements.</summary>
    /// <param name="value">what stands where the views belong doesn't matter</param>
    /// <param name="views">where each view lies in the struct, in bytes from its beginning: multiples of 8</param>
    /// <exception cref="ArgumentException">A view doesn't lie in the struct.</exception>
    public EmulatedLaunch Struct<T>(T value, params StructView[] views)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(views);
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        var pointers = new List<StructPointer>();
        foreach (StructView view in views)
        {
            if (!view.TryWriteLength(bytes))
            {
                throw new ArgumentException(
                    $"There can't be a view at byte {view.Offset} of {typeof(T).Name}, which has {bytes.Length} bytes; "
                        + "views stand at multiples of 8 inside it.",
                    nameof(views));
            }
            pointers.Add(new StructPointer(view.Offset, Add(view.Bytes, view.Elements)));
        }
        arguments.Add(new LaunchArgument.Struct(bytes, pointers));
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

    /// <summary>A buffer with the array's elements, which are copied back after the launch; its name.</summary>
    private string Add(int size, Array elements)
    {
        string name = $"argument {buffers.Count + zeros.Count}";
        var bytes = new byte[size];
        Raw(elements, size).CopyTo(bytes);
        buffers.Add(name, bytes);
        copiesBack.Add(() => bytes.CopyTo(Raw(elements, size)));
        return name;
    }

    private static Span<byte> Raw(Array elements, int size) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(elements), size);

    /// <summary>Runs the launch to its end or to its first fault, which the report names with its C# line.</summary>
    /// <param name="grid">blocks</param> <param name="dynamicSharedBytes">of each block</param>
    /// <exception cref="LaunchException">The arguments aren't those of the kernel.</exception>
    public LaunchReport Run(Dim3 grid, int dynamicSharedBytes = 0, LaunchOptions? options = null)
    {
        (int x, int y, int z) = compiled.Block;
        var request = new LaunchRequest(compiled.Entry, grid, new Dim3(x, y, z), dynamicSharedBytes, arguments, buffers)
        {
            SparseBuffers = zeros,
        };
        LaunchReport report = PtxEmulator.Run(PtxModule.Parse(compiled.Ptx), request, options);
        foreach (Action copy in copiesBack)
            copy();
        return report;
    }
}
