using System.Reflection;
using System.Runtime.Loader;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>Where an assembly with kernels is loaded: its dependencies are those beside it, but for our own assemblies, so that its IKernel is ours.</summary>
internal sealed class KernelAssemblyContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private static readonly string[] Ours =
        [.. new[] { typeof(IKernel), typeof(PtxModule), typeof(GpuKernel) }.Select(type => type.Assembly.GetName().Name!)];

    private readonly AssemblyDependencyResolver resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Ours.Contains(assemblyName.Name)) return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        return resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
    }
}
