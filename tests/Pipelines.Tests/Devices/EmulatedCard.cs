using CogVideoX.Emulator;
using CogVideoX.Gpu;
using CogVideoX.Ilgpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>A card that the emulator plays, and what became of it.</summary>
/// <param name="options">How it works.</param>
internal sealed class EmulatedCard(EmulatedDeviceOptions options) : IDeviceSource
{
    public string Name => "gpu:0";

    public string Description => "an emulated card";

    public long FreeBytes => options.MemoryBytes;

    /// <summary>The emulator, once the card is open.</summary>
    public EmulatedDevice Emulated { get; private set; } = null!;

    public string? Lacks(DType activations) => activations == DType.F16 ? "this card plays one without F16" : null;

    public Device Open()
    {
        var device = (IlgpuDevice)GpuDevices.OpenEmulator(options);
        Emulated = ((EmulatorAccelerator)device.Accelerator).Emulated;
        return device;
    }
}
