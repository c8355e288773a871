using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>
/// A CUDA device for ILGPU that isn't there: ILGPU compiles kernels to PTX for it as for any, and the emulator runs and checks them.
/// </summary>
/// <remarks>
/// <c>new EmulatorDevice().CreateEmulatorAccelerator(context)</c> gives an accelerator for an ILGPU program as it stands. What asks for
/// <see cref="CudaAccelerator"/> itself, such as cuBLAS, isn't there.
/// </remarks>
[DeviceType(AcceleratorType.Cuda)]
public sealed class EmulatorDevice : Device
{
    private const int StaticSharedBytes = 48 * 1024; // what a kernel may have without asking the driver, as ILGPU's have

    /// <param name="architecture">What kernels are compiled for.</param>
    /// <param name="options">How the emulator works: its memory, order of streams, limits; null for its defaults.</param>
    public EmulatorDevice(CudaArchitecture? architecture = null, EmulatedDeviceOptions? options = null)
    {
        Architecture = architecture ?? CudaArchitecture.SM_90;
        Options = (options ?? new EmulatedDeviceOptions()) with { Architecture = $"sm_{Architecture.Major}{Architecture.Minor}" };
        Name = $"PTX emulator ({Options.Architecture})";
        MemorySize = Options.MemoryBytes;
        MaxGridSize = new Index3D(int.MaxValue, ushort.MaxValue, ushort.MaxValue);
        MaxGroupSize = new Index3D(1024, 1024, 64);
        MaxNumThreadsPerGroup = 1024;
        MaxSharedMemoryPerGroup = StaticSharedBytes;
        MaxConstantMemory = 64 * 1024;
        WarpSize = PTXBackend.WarpSize;
        NumMultiprocessors = 4;
        MaxNumThreadsPerMultiprocessor = 2048;
        Capabilities = new CudaCapabilityContext(Architecture);
    }

    /// <summary>What kernels are compiled for.</summary>
    public CudaArchitecture Architecture { get; }

    /// <summary>How the emulator works.</summary>
    public EmulatedDeviceOptions Options { get; }

    /// <summary>The version of PTX that ILGPU writes: the least that has the architecture.</summary>
    public CudaInstructionSet InstructionSet => Architecture.Major switch
    {
        >= 9 => CudaInstructionSet.ISA_80,
        8 => CudaInstructionSet.ISA_78,
        _ => CudaInstructionSet.ISA_63,
    };

    /// <inheritdoc/>
    public override Accelerator CreateAccelerator(Context context) => CreateEmulatorAccelerator(context);

    /// <summary>An accelerator with a memory of its own.</summary>
    public EmulatorAccelerator CreateEmulatorAccelerator(Context context) => new(context, this);
}
