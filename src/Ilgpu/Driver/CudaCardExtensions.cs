using System.Reflection;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>What the driver says of a card, and of modules that it doesn't take.</summary>
public static class CudaCardExtensions
{
    /// <summary>
    /// A card's own architecture. <see cref="CudaAccelerator.Architecture"/> is what ILGPU writes PTX for, which a program may have chosen.
    /// </summary>
    /// <exception cref="CudaException">The driver doesn't say.</exception>
    public static CudaArchitecture CardArchitecture(this CudaAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return CardArchitecture(accelerator.DeviceId);
    }

    /// <inheritdoc cref="CardArchitecture(CudaAccelerator)"/>
    public static CudaArchitecture CardArchitecture(this CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return CardArchitecture(device.DeviceId);
    }

    /// <summary>
    /// What the driver's compiler says of a kernel of ILGPU that can't be loaded: ILGPU's own exception has the error's name alone.
    /// </summary>
    /// <param name="accelerator">Which didn't take it.</param>
    /// <param name="kernel">An explicitly grouped kernel.</param>
    /// <returns>Lines; empty where the driver says nothing, or takes it now.</returns>
    public static string LoadingLog(this CudaAccelerator accelerator, MethodInfo kernel)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var compiled = (PTXCompiledKernel)accelerator.CompileKernel(EntryPointDescription.FromExplicitlyGroupedKernel(kernel));
        using ScopedAcceleratorBinding bound = accelerator.DefaultStream.BindScoped();
        CudaError error = CudaAPI.CurrentAPI.LoadModule(out nint module, compiled.PTXAssembly, out string? log);
        if (error == CudaError.CUDA_SUCCESS)
            _ = CudaAPI.CurrentAPI.DestroyModule(module);
        return CudaFunctions.LogText(log);
    }

    private static CudaArchitecture CardArchitecture(int device)
    {
        CudaError error = CudaAPI.CurrentAPI.GetDeviceComputeCapability(out int major, out int minor, device);
        return error == CudaError.CUDA_SUCCESS
            ? new CudaArchitecture(major, minor)
            : throw new CudaException(
                $"The driver doesn't say what card {device} is: {CudaAPI.CurrentAPI.GetErrorString(error)} ({error}).");
    }
}
