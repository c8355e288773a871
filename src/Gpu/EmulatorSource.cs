using CogVideoX.Emulator;
using CogVideoX.Ilgpu;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime.Cuda;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>The PTX emulator.</summary>
internal sealed class EmulatorSource(EmulatedDeviceOptions? options = null, CudaArchitecture? architecture = null, bool portable = false)
    : IDeviceSource
{
    public string Name => "emulator";

    public string Description => "the PTX emulator on this CPU, each access checked: thousands of times slower than a card";

    public long FreeBytes => Math.Min(
        options?.MemoryBytes ?? new EmulatedDeviceOptions().MemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public string? Lacks(DType activations) => null;

    public bool Records => true;

    public Device Open()
    {
        Context context = Contexts.Create(builder => builder);
        EmulatorAccelerator accelerator = new EmulatorDevice(architecture, options).CreateEmulatorAccelerator(context);
        return new IlgpuDevice(context, accelerator, Name, portable);
    }
}
