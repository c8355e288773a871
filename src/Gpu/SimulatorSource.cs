using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime.CPU;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>ILGPU's simulator.</summary>
internal sealed class SimulatorSource : IDeviceSource
{
    private const int GroupThreads = 256, Lanes = 32; // a thread of the system for each

    public string Name => GpuDevices.Simulator;

    public string Description => "ILGPU's simulator on this CPU, a thread of the system for each of a kernel's: for few elements";

    public long FreeBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public string? Lacks(DType activations) => null;

    public Device Open()
    {
        var device = new CPUDevice(Lanes, GroupThreads / Lanes, numMultiprocessors: 1);
        Context context = Contexts.Create(builder => builder.CPU(device));
        return new IlgpuDevice(context, context.CreateCPUAccelerator(0), Name);
    }
}
