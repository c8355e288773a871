using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>A kernel of ILGPU on the emulator.</summary>
public sealed class EmulatorKernel : Kernel
{
    private readonly EmulatedKernel kernel;

    internal EmulatorKernel(EmulatorAccelerator accelerator, PTXCompiledKernel compiled, MethodInfo? launcher)
        : base(accelerator, compiled, launcher)
    {
        Ptx = compiled.PTXAssembly;
        kernel = accelerator.Emulated.Load(Ptx).Kernel(compiled.Name);
        accelerator.Texts.Add(kernel, Ptx);
    }

    /// <summary>What ILGPU made of the method.</summary>
    public string Ptx { get; }

    // ILGPU's launchers call this (EmulatorAccelerator.GenerateKernelLauncherMethod).
    internal static void Launch<TArguments>(
        Kernel kernel, AcceleratorStream stream, object extent, int groupSize, ref TArguments arguments, int bytes)
        where TArguments : unmanaged
    {
        ReadOnlySpan<byte> block = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TArguments, byte>(ref arguments), bytes);
        KernelConfig config = extent as KernelConfig? ?? Grouped(extent, groupSize);
        ((EmulatorStream)stream).Emulated.Launch(
            ((EmulatorKernel)kernel).kernel, Size(config.GridDim), Size(config.GroupDim), config.SharedMemoryConfig.ArraySize, block);
    }

    /// <inheritdoc/>
    protected override void DisposeAcceleratorObject(bool disposing) { }

    // What an implicitly grouped kernel's extent comes to: groups along x, as ILGPU's own launchers make them.
    private static KernelConfig Grouped(object extent, int groupSize)
    {
        Index3D all = extent switch
        {
            Index1D one => new Index3D(one.X, 1, 1),
            Index2D two => new Index3D(two.X, two.Y, 1),
            Index3D three => three,
            _ => throw new NotSupportedException($"Kernels over {extent.GetType().Name} aren't launched on the emulator."),
        };
        return new KernelConfig(new Index3D((all.X + groupSize - 1) / groupSize, all.Y, all.Z), new Index3D(groupSize, 1, 1));
    }

    private static Dim3 Size(Index3D size) => new(size.X, size.Y, size.Z);
}
