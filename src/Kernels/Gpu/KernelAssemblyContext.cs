using System.Reflection;
using System.Runtime.Loader;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>
/// Where an assembly with kernels is loaded: its dependencies are those beside it, but for our own assemblies, so that its IKernel is ours.
/// </summary>
internal sealed class KernelAssemblyContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private static readonly string[] Ours =
        [.. new[] { typeof(IKernel), typeof(PtxModule), typeof(GpuKernel) }.Select(type => type.Assembly.GetName().Name!)];

    private readonly AssemblyDependencyResolver? resolver = Resolver(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Ours.Contains(assemblyName.Name))
            return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        string beside = Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
        string? found = resolver?.ResolveAssemblyToPath(assemblyName) ?? (File.Exists(beside) ? beside : null);
        return found is null ? null : LoadFromAssemblyPath(found);
    }

    private static AssemblyDependencyResolver? Resolver(string path)
    {
        try
        {
            return new AssemblyDependencyResolver(path);
        }
        catch (InvalidOperationException)
        {
            // the .deps.json beside it can't be read, or this program is a single file: what lies beside the assembly has to do
            return null;
        }
    }
}
