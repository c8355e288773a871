using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Gpu;

/// <summary>
/// The kernels of an assembly, by name. A generic kernel is there once for each of its <see cref="KernelInstanceAttribute"/>.
/// </summary>
public sealed partial class KernelCatalog
{
    private const int LongestName = 200;

    internal KernelCatalog(string name, Type[] types)
    {
        Name = name;
        Type[] kernels = [.. types.Where(t => t.IsValueType && t.IsAssignableTo(typeof(IKernel)))];
        Kernels = [.. kernels.SelectMany(Instances).Select(t => new GpuKernel(t)).OrderBy(k => k.Name, StringComparer.Ordinal)];
        Unnamed = [.. kernels.Where(t => t.ContainsGenericParameters && !t.IsDefined(typeof(KernelInstanceAttribute), false))
            .Select(t => t.ToString()).Order(StringComparer.Ordinal)];
        foreach (GpuKernel kernel in Kernels)
        {
            if (kernel.Name.Length > LongestName || !PlainName().IsMatch(kernel.Name))
            {
                throw new KernelAssemblyException(
                    $"a kernel can't be called '{kernel.Name}' ({kernel.Type}): a name has letters, digits and underscores, "
                        + $"at most {LongestName}");
            }
        }
        if (Kernels.GroupBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw new KernelAssemblyException($"several kernels are called {same.Key} ({string.Join(", ", same.Select(k => k.Type))}); "
                + "name them apart by [KernelName] or [KernelInstance]");
        }
    }

    /// <summary>The kernels of this library; none in a program that was compiled ahead of time.</summary>
    public static KernelCatalog OfLibrary { get; } = RuntimeFeature.IsDynamicCodeSupported
        ? Of(typeof(KernelCatalog).Assembly)
        : new KernelCatalog(typeof(KernelCatalog).Assembly.GetName().Name ?? "", []);

    /// <summary>The assembly's name.</summary>
    public string Name { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<GpuKernel> Kernels { get; }

    /// <summary>Generic kernels that name no instance, and so aren't among the others.</summary>
    public IReadOnlyList<string> Unnamed { get; }

    /// <summary>The kernels of an assembly that is loaded; it may have none.</summary>
    /// <exception cref="KernelAssemblyException">Their names don't tell them apart.</exception>
    public static KernelCatalog Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return new KernelCatalog(assembly.GetName().Name ?? "", assembly.GetTypes());
    }

    /// <summary>Loads an assembly of anybody's with what it depends on.</summary>
    /// <param name="path">of a .dll that references CogVideoX.Compiler</param>
    /// <exception cref="KernelAssemblyException">It can't be loaded, or has no kernels; the message says why.</exception>
    public static KernelCatalog Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw new KernelAssemblyException("this program was compiled ahead of time and can't load assemblies; "
                + "use a build of it that runs on .NET, such as dotnet cogvideox.dll");
        }
        if (Directory.Exists(path))
            throw new KernelAssemblyException("it is a folder; the .dll in it is needed");
        if (!File.Exists(path))
            throw new KernelAssemblyException("there is no such file");
        KernelCatalog catalog = AssemblyProblems.Guard(() =>
        {
            string whole = Path.GetFullPath(path);
            return Of(new KernelAssemblyContext(whole).LoadFromAssemblyPath(whole));
        });
        if (catalog.Kernels.Count > 0)
            return catalog;
        throw new KernelAssemblyException(catalog.Unnamed.Count == 0
            ? "there are no kernels in it; a kernel is a readonly struct that implements CogVideoX.Compiler.Language.IKernel"
            : $"its kernels are generic and name no instances ({string.Join(", ", catalog.Unnamed)}); "
                + "put [KernelInstance(\"NAME\", typeof(…))] on them");
    }

    /// <summary>The kernel of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public GpuKernel Find(string name) => Kernels.FirstOrDefault(k => k.Name == name)
        ?? throw new ArgumentException($"There is no kernel '{name}'; there are {string.Join(", ", Kernels.Select(k => k.Name))}.");

    private static IEnumerable<Type> Instances(Type kernel) => kernel.ContainsGenericParameters
        ? kernel.GetCustomAttributes<KernelInstanceAttribute>().Select(instance => Closed(kernel, instance)) : [kernel];

    private static Type Closed(Type kernel, KernelInstanceAttribute instance)
    {
        int wanted = kernel.GetGenericArguments().Length;
        string named = $"[KernelInstance(\"{instance.Name}\", …)]";
        if (instance.Arguments.Count != wanted)
        {
            throw new KernelAssemblyException(
                $"{named} has {instance.Arguments.Count} type arguments; {kernel} has {wanted} type parameters");
        }
        try
        {
            return kernel.MakeGenericType([.. instance.Arguments]);
        }
        catch (ArgumentException problem)
        {
            throw new KernelAssemblyException($"{named} of {kernel}: the type arguments don't fit ({problem.Message})", problem);
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z")]
    private static partial Regex PlainName();
}
