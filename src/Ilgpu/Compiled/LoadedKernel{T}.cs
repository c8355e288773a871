using CogVideoX.Compiler.Language;
using ILGPU;
using ILGPU.Runtime;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>A kernel of our own compiler on an accelerator of ILGPU, launched by the struct that it is.</summary>
public sealed class LoadedKernel<TKernel> : IDisposable
    where TKernel : unmanaged, IKernel
{
    private readonly LoadedKernel loaded;

    internal LoadedKernel(LoadedKernel loaded) => this.loaded = loaded;

    /// <inheritdoc cref="LoadedKernel.Compiled"/>
    public CompiledKernel Compiled => loaded.Compiled;

    /// <summary>Launches it, in the order of the stream's work.</summary>
    /// <param name="stream">one of the kernel's accelerator</param> <param name="grid">blocks</param>
    /// <param name="kernel">with its parameters</param>
    /// <param name="dynamicSharedBytes">size of <c>Shared.Dynamic</c>, in each block</param>
    /// <inheritdoc cref="LoadedKernel.Launch{TParameters}"/>
    public void Launch(AcceleratorStream stream, Index3D grid, in TKernel kernel, int dynamicSharedBytes = 0) =>
        loaded.Launch(stream, grid, kernel, dynamicSharedBytes);

    /// <summary>Unloads it.</summary>
    public void Dispose() => loaded.Dispose();
}
