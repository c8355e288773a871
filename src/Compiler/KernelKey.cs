using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;

namespace CogVideoX.Compiler;

/// <summary>Names a compiled kernel: by what was asked for, and by everything that it was made from.</summary>
public static class KernelKey
{
    /// <summary>The kernel's type with its type arguments, and the options: the same in every build of the program.</summary>
    public static string Of(Type kernel, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture,
            $"{kernel}; {options.Target?.ToString() ?? "least target"}; checks {options.CheckBounds}; source {options.ShowSource}; "
                + $"lines {options.LineTable}");
    }

    /// <summary>
    /// SHA-256, in hexadecimal digits, of the key, the compiler's build, and the builds of all assemblies that the kernel's code can come
    /// from: those of the kernel and its type arguments, what they refer to, and the runtime's core library.
    /// </summary>
    internal static string OfContent(Type kernel, CompileOptions options)
    {
        var text = new StringBuilder(Of(kernel, options)).Append('\n');
        var assemblies = new SortedDictionary<string, Guid>(StringComparer.Ordinal);
        Add(assemblies, typeof(KernelKey).Assembly);
        Add(assemblies, typeof(object).Assembly);
        AddTypes(assemblies, kernel);
        foreach ((string name, Guid build) in assemblies)
            text.Append(CultureInfo.InvariantCulture, $"{name} {build}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void AddTypes(SortedDictionary<string, Guid> assemblies, Type type)
    {
        Add(assemblies, type.Assembly);
        foreach (Type argument in type.GetGenericArguments())
            AddTypes(assemblies, argument);
        if (type.GetElementType() is { } element)
            AddTypes(assemblies, element);
    }

    private static void Add(SortedDictionary<string, Guid> assemblies, Assembly assembly)
    {
        if (!assemblies.TryAdd(assembly.FullName ?? "", assembly.ManifestModule.ModuleVersionId))
            return;
        foreach (AssemblyName name in assembly.GetReferencedAssemblies())
        {
            if (!IsFramework(name) && TryLoad(assembly, name) is { } referenced)
                Add(assemblies, referenced);
        }
    }

    /// <summary>The framework is built as one: the core library's build stands for it.</summary>
    private static bool IsFramework(AssemblyName name) =>
        name.Name is "mscorlib" or "netstandard" or "System" || name.Name!.StartsWith("System.", StringComparison.Ordinal);

    private static Assembly? TryLoad(Assembly from, AssemblyName name)
    {
        try
        {
            return (AssemblyLoadContext.GetLoadContext(from) ?? AssemblyLoadContext.Default).LoadFromAssemblyName(name);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            // a reference that isn't deployed can't be where code comes from
            return null;
        }
    }
}
