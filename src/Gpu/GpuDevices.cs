using CogVideoX.Emulator;
using CogVideoX.Ilgpu;
using ILGPU;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>The devices that ILGPU finds on this machine.</summary>
public static class GpuDevices
{
    private const int GroupThreads = 256, Lanes = 32; // of ILGPU's simulator, which has a thread of the system for each

    /// <summary>ILGPU's own simulator: kernels as .NET code, a thread of the system for each of theirs. For few elements.</summary>
    public static Device OpenSimulator()
    {
        var device = new CPUDevice(Lanes, GroupThreads / Lanes, numMultiprocessors: 1);
        Context context = Context.Create(builder => Common(builder).CPU(device));
        return new IlgpuDevice(context, context.CreateCPUAccelerator(0), "ilgpu-cpu");
    }

    /// <summary>
    /// The emulator: the kernels' PTX, each access of which is checked. It needs no GPU, and takes as much time as that costs.
    /// </summary>
    /// <param name="options">How it works; null for its defaults.</param>
    /// <param name="architecture">What kernels are compiled for; null for sm_90.</param>
    public static Device OpenEmulator(EmulatedDeviceOptions? options = null, CudaArchitecture? architecture = null)
    {
        Context context = Context.Create(builder => Common(builder));
        var device = new EmulatorDevice(architecture, options);
        return new IlgpuDevice(context, device.CreateEmulatorAccelerator(context), "emulator");
    }

    private static Context.Builder Common(Context.Builder builder) =>
        builder.EnableAlgorithms().Profiling().Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).Math(MathMode.Default);
}
