using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace CogVideoX.Compiler;

/// <summary>Kernels that were compiled while a program was built, for programs that have no IL when they run.</summary>
/// <remarks>
/// <para>A small program of the build writes them:</para>
/// <code>
/// using FileStream file = File.Create("kernels.json");
/// EmbeddedKernels.Write(
///     file, [KernelCompiler.Compile&lt;VectorAdd&gt;(options), KernelCompiler.Compile&lt;Gemm&lt;Tile128&gt;&gt;(options)]);
/// </code>
/// <para>and the project of the assembly that the kernels' types are in embeds the file:</para>
/// <code>
/// &lt;EmbeddedResource Include="kernels.json" LogicalName="CogVideoX.Kernels.json" /&gt;
/// </code>
/// <para><see cref="KernelCompiler.Compile(Type, CompileOptions?)"/> then finds them by itself where it can't compile.</para>
/// </remarks>
public static class EmbeddedKernels
{
    /// <summary>Name of the resource that is looked for in an assembly.</summary>
    public const string ResourceName = "CogVideoX.Kernels.json";

    /// <summary>
    /// Writes kernels in the form that <see cref="TryLoad(Stream, string, out CompiledKernel?)"/> reads, in order of their keys.
    /// </summary>
    /// <exception cref="ArgumentException">Two kernels have one key.</exception>
    public static void Write(Stream stream, IEnumerable<CompiledKernel> kernels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(kernels);
        CompiledKernel[] sorted = [.. kernels.OrderBy(k => k.Key, StringComparer.Ordinal)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key)
                throw new ArgumentException($"Two kernels have the key '{sorted[i].Key}'; give each once.", nameof(kernels));
        }
        new KernelContainer(KernelContainer.CurrentFormat, "", sorted).Write(stream);
    }

    /// <summary>Looks in an assembly's resource <see cref="ResourceName"/>.</summary>
    /// <param name="assembly">where the kernel's type is</param> <param name="key">from <see cref="KernelKey.Of"/></param>
    /// <param name="kernel">what was found</param>
    /// <exception cref="InvalidDataException">There is such a resource, but it can't be read.</exception>
    public static bool TryLoad(Assembly assembly, string key, [NotNullWhen(true)] out CompiledKernel? kernel)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        using Stream? stream = assembly.GetManifestResourceStream(ResourceName);
        kernel = null;
        return stream is not null && TryLoad(stream, key, out kernel);
    }

    /// <summary>Looks in what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">That isn't what is in the stream, or it is damaged.</exception>
    public static bool TryLoad(Stream stream, string key, [NotNullWhen(true)] out CompiledKernel? kernel)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(key);
        if (!KernelContainer.TryRead(stream, out KernelContainer? container, out string problem))
            throw new InvalidDataException($"Embedded kernels can't be read: {problem}. Write them again with this version.");
        kernel = container.Kernels.FirstOrDefault(k => k.Key == key);
        return kernel is not null;
    }
}
