using System.Reflection;
using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using CogVideoX.Compiler.Passes;
using CogVideoX.Compiler.Ptx;

namespace CogVideoX.Compiler;

/// <summary>Compiles C# kernels to PTX.</summary>
/// <remarks>
/// A kernel is compiled from its IL. A program that has none (trimmed, or compiled ahead of time) takes kernels that were compiled before
/// and embedded in the kernel's assembly: see <see cref="EmbeddedKernels"/>.
/// </remarks>
public static class KernelCompiler
{
    /// <summary>Compiles a kernel.</summary>
    /// <typeparam name="TKernel">the kernel, with its type arguments</typeparam>
    /// <param name="options">for which device, and how; without one, for the least that the kernel needs</param>
    /// <exception cref="CompileException">The kernel says something that a GPU or this target can't do.</exception>
    public static CompiledKernel Compile<TKernel>(CompileOptions? options = null)
        where TKernel : struct, IKernel => Compile(typeof(TKernel), options);

    /// <summary>Compiles a kernel.</summary>
    /// <param name="kernel">a struct that implements <see cref="IKernel"/>, with its type arguments</param>
    /// <param name="options">for which device, and how; without one, for the least that the kernel needs</param>
    /// <exception cref="CompileException">The kernel says something that a GPU or this target can't do.</exception>
    /// <exception cref="InvalidOperationException">The program has no IL, and the kernel isn't embedded with these options.</exception>
    public static CompiledKernel Compile(Type kernel, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        options ??= new CompileOptions();
        bool hasIl = HasIl(kernel);
        if ((!hasIl || IsTrimmed(kernel))
            && EmbeddedKernels.TryLoad(kernel.Assembly, KernelKey.Of(kernel, options), out CompiledKernel? embedded))
        {
            return embedded;
        }
        if (!hasIl)
            throw NotEmbedded(kernel, options);
        Function function = Translator.Translate(kernel, options);
        PassList.Run(function, verify: false);
        return Print(function, KernelKey.Of(kernel, options), options);
    }

    /// <summary>The name of a kernel's entry in PTX.</summary>
    /// <param name="kernel">a struct that implements <see cref="IKernel"/>, with its type arguments</param>
    public static string EntryOf(Type kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return KernelNames.Of(kernel);
    }

    /// <summary>The last stage: text and metadata.</summary>
    internal static CompiledKernel Print(Function function, string key, CompileOptions options)
    {
        Target target = options.Target ?? TargetLimits.Least(function);
        string ptx = PtxPrinter.Print(function, options with { Target = target });
        LaunchShape launch = function.Launch;
        return new CompiledKernel
        {
            Key = key,
            Entry = function.Name,
            Ptx = ptx,
            Target = target,
            Block = new(launch.Block.X, launch.Block.Y, launch.Block.Z),
            Cluster = launch.Cluster is var (x, y, z) ? new(x, y, z) : new(1),
            StaticSharedBytes = TargetLimits.StaticShared(function),
            Parameters = [.. function.Parameters.Select(Describe)],
            Hash = CompiledKernel.HashOf(ptx),
        };
    }

    private static CompiledParameter Describe(KernelParameter parameter)
    {
        if (parameter.OpaqueBytes > 0)
        {
            return new CompiledParameter(parameter.Name, CompiledParameterKind.Opaque, parameter.OpaqueBytes)
            {
                Alignment = parameter.Alignment,
            };
        }
        if (parameter.Struct is { } layout)
        {
            return new CompiledParameter(parameter.Name, CompiledParameterKind.Struct, layout.Bytes)
            {
                Alignment = layout.Alignment,
                Pointers = layout.Pointers.Count > 0 ? layout.Pointers : null,
            };
        }
        CompiledParameterKind kind = parameter.Type switch
        {
            MemoryType.GlobalPtr => CompiledParameterKind.Pointer,
            MemoryType.F32 or MemoryType.F64 or MemoryType.B16 => CompiledParameterKind.Float,
            _ => CompiledParameterKind.Integer,
        };
        return new CompiledParameter(parameter.Name, kind, parameter.Type.Bytes);
    }

    private static bool HasIl(Type kernel)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return false;
        if (!kernel.IsAssignableTo(typeof(IKernel)))
            return true; // isn't a kernel, and the frontend says so
        MethodInfo? run = Array.Find(
            kernel.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly),
            m => m.Name == nameof(IKernel.Run) || m.Name.EndsWith("." + nameof(IKernel.Run), StringComparison.Ordinal));
        return run?.GetMethodBody() is not null;
    }

    /// <summary>A trimmed program drops constructors that nobody calls, and a launch doesn't.</summary>
    private static bool IsTrimmed(Type kernel) => kernel.IsAssignableTo(typeof(IKernel)) && kernel.GetConstructors().Length == 0;

    private static InvalidOperationException NotEmbedded(Type kernel, CompileOptions options) => new(
        $"{kernel} can't be compiled here: this program has no IL, and {kernel.Assembly.GetName().Name} embeds no kernel "
            + $"'{KernelKey.Of(kernel, options)}'. "
        + $"Compile it while building, and embed what {nameof(EmbeddedKernels)}.{nameof(EmbeddedKernels.Write)} writes");
}
