using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Runtime;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>On the emulator.</summary>
internal sealed class EmulatorLoadedKernel : LoadedKernel
{
    private readonly EmulatedKernel kernel;
    private readonly Dim3 threads;

    public EmulatorLoadedKernel(EmulatorAccelerator accelerator, CompiledKernel compiled) : base(accelerator, compiled)
    {
        Block block = compiled.Block;
        threads = new Dim3(block.X, block.Y, block.Z);
        kernel = accelerator.Emulated.Load(compiled.Ptx).Kernel(compiled.Entry);
        accelerator.Texts.Add(kernel, compiled.Ptx);
    }

    protected override void DisposeAcceleratorObject(bool disposing) { }

    private protected override void LaunchFitting(
        AcceleratorStream stream, Index3D grid, ReadOnlySpan<byte> parameters, int dynamicSharedBytes) =>
        ((EmulatorStream)stream).Emulated.Launch(kernel, new Dim3(grid.X, grid.Y, grid.Z), threads, dynamicSharedBytes, parameters);
}
