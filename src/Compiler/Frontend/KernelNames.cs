using System.Reflection;
using System.Text;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Names of kernels in PTX.</summary>
internal static class KernelNames
{
    /// <summary>An attribute's, or one made of the type and its arguments: RmsNorm_BFloat16.</summary>
    public static string Of(Type kernel) => Instance(kernel) ?? kernel.GetCustomAttribute<KernelNameAttribute>()?.Name ?? Readable(kernel);

    private static string? Instance(Type kernel)
    {
        Type[] arguments = kernel.GetGenericArguments();
        return kernel.GetCustomAttributes<KernelInstanceAttribute>()
            .FirstOrDefault(i => arguments.Length > 0 && i.Arguments.SequenceEqual(arguments))?.Name;
    }

    /// <summary>Letters, digits and underscores; nested types follow the type they are in, type arguments the name.</summary>
    private static string Readable(Type type)
    {
        var name = new StringBuilder();
        foreach (char c in type.Name.Split('`')[0])
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        foreach (Type argument in type.GetGenericArguments())
            name.Append('_').Append(Readable(argument));
        return name.ToString();
    }
}
