using System.Reflection;
using System.Runtime.CompilerServices;
using CogVideoX.Compiler;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>How a kernel's parameters lie in the block that a launch passes: in order, each at a multiple of its alignment.</summary>
internal sealed class ParameterBlock
{
    private const int StrictestOfFields = 8; // .NET gives a field of a struct no stricter alignment

    private readonly CompiledKernel kernel;
    private readonly int bytes, paddedBytes;

    public ParameterBlock(CompiledKernel kernel)
    {
        this.kernel = kernel;
        int strictest = 1;
        foreach (CompiledParameter parameter in kernel.Parameters)
        {
            bytes = RoundUp(bytes, parameter.Alignment) + parameter.Bytes;
            strictest = Math.Max(strictest, parameter.Alignment);
        }
        paddedBytes = RoundUp(bytes, strictest);
    }

    /// <summary>The bytes that the driver takes: without what a struct has behind its last member.</summary>
    /// <exception cref="ArgumentException">They are another struct's.</exception>
    public ReadOnlySpan<byte> Fitting(ReadOnlySpan<byte> parameters)
    {
        if (parameters.Length >= bytes && parameters.Length <= paddedBytes)
            return parameters[..bytes];
        string list = string.Join(", ", kernel.Parameters.Select(parameter => $"{parameter.Name}: {parameter.Bytes}"));
        throw new ArgumentException(
            $"The parameters of '{kernel.Entry}' have {bytes} bytes ({list}), and the launch gives {parameters.Length}.",
            nameof(parameters));
    }

    /// <summary>The kernel's own struct can be the block: its fields are its parameters.</summary>
    /// <exception cref="ArgumentException">They aren't.</exception>
    public static void RequireFieldsOf<TKernel>(CompiledKernel compiled)
        where TKernel : unmanaged
    {
        Type kernel = typeof(TKernel);
        FieldInfo[] fields = kernel.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Array.Sort(fields, (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
        ParameterInfo[] parameters = kernel.GetConstructors() is [var constructor] ? constructor.GetParameters() : [];
        for (int i = 0; i < parameters.Length; i++)
        {
            if (i >= fields.Length || !IsOf(fields[i], parameters[i]))
            {
                throw Misfit(
                    kernel,
                    $"its {Ordinal(i)} parameter, '{parameters[i].Name}', isn't its {Ordinal(i)} field"
                        + (i < fields.Length ? "" : " (a primary constructor makes none of what Run doesn't use)"));
            }
        }
        if (fields.Length > parameters.Length)
            throw Misfit(kernel, $"its field '{fields[parameters.Length].Name}' is none of its parameters");
        if (compiled.Parameters.Any(p => p.Kind == CompiledParameterKind.Opaque || p.Alignment > StrictestOfFields))
            throw Misfit(kernel, "a tensor map, or a struct that is aligned to more than 8 bytes, lies elsewhere in a struct of .NET");
        var block = new ParameterBlock(compiled);
        if (Unsafe.SizeOf<TKernel>() != block.paddedBytes && compiled.Parameters.Count > 0)
            throw Misfit(kernel, $"it has {Unsafe.SizeOf<TKernel>()} bytes, and its parameters {block.paddedBytes}");
    }

    private static bool IsOf(FieldInfo field, ParameterInfo parameter)
    {
        string name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name.TrimStart('_');
        return field.FieldType == parameter.ParameterType && name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase);
    }

    private static ArgumentException Misfit(Type kernel, string why) => new(
        $"{kernel.Name} can't be passed as its own parameters: {why}. "
            + $"Load it with {nameof(CompiledKernelExtensions.LoadCompiled)}({nameof(KernelCompiler)}.{nameof(KernelCompiler.Compile)}<"
            + $"{kernel.Name}>()) and launch it with a struct that has them in order.");

    private static string Ordinal(int index) => index switch
    {
        0 => "first",
        1 => "second",
        2 => "third",
        _ => $"{index + 1}th",
    };

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
