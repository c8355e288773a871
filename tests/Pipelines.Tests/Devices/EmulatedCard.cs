using CogVideoX.Emulator;
using CogVideoX.Gpu;
using CogVideoX.Ilgpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>A card that the emulator plays, for one pipeline after the other.</summary>
internal sealed class EmulatedCard : IDeviceSource, IDisposable
{
    private readonly EmulatedDeviceOptions options;
    private readonly IlgpuDevice device;

    /// <param name="options">How it works.</param>
    public EmulatedCard(EmulatedDeviceOptions? options = null)
    {
        this.options = options ?? new EmulatedDeviceOptions();
        device = (IlgpuDevice)GpuDevices.OpenEmulator(this.options);
    }

    public string Name => "gpu:0";

    public string Description => "an emulated card";

    public long FreeBytes => options.MemoryBytes;

    /// <summary>The emulator.</summary>
    public EmulatedDevice Emulated => ((EmulatorAccelerator)device.Accelerator).Emulated;

    public string? Lacks(DType activations) => activations == DType.F16 ? "this card plays one without F16" : null;

    public bool Records => true;

    public Device Open() => new LentDevice(device);

    public void Dispose() => device.Dispose();
}
