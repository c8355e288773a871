using CogVideoX.Compiler.Language;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>On a card, by ILGPU's calls of the driver.</summary>
internal sealed unsafe class CudaLoadedKernel : LoadedKernel
{
    private const int SharedBytesUnasked = 48 * 1024; // what a block may have without asking the driver
    private const nint ParameterBuffer = 1, ParameterBufferSize = 2; // CU_LAUNCH_PARAM_BUFFER_POINTER, CU_LAUNCH_PARAM_BUFFER_SIZE

    private nint module, function;
    private int dynamicBytesAsked;

    public CudaLoadedKernel(CudaAccelerator accelerator, CompiledKernel compiled) : base(accelerator, compiled)
    {
        using ScopedAcceleratorBinding bound = accelerator.DefaultStream.BindScoped();
        CudaError error = CudaAPI.CurrentAPI.LoadModule(out module, compiled.Ptx, out string? log);
        if (error != CudaError.CUDA_SUCCESS)
            throw Failed(error, $"The driver doesn't take the module of '{compiled.Entry}' ({compiled.Target})", log);
        error = CudaAPI.CurrentAPI.GetModuleFunction(out function, module, compiled.Entry);
        if (error != CudaError.CUDA_SUCCESS)
            throw Failed(error, $"The driver doesn't find '{compiled.Entry}' in its module");
    }

    protected override void DisposeAcceleratorObject(bool disposing)
    {
        if (module != 0)
            _ = CudaAPI.CurrentAPI.DestroyModule(module); // fails where an earlier call has, which said so
        (module, function) = (0, 0);
    }

    private protected override void LaunchFitting(
        AcceleratorStream stream, Index3D grid, ReadOnlySpan<byte> parameters, int dynamicSharedBytes)
    {
        using ScopedAcceleratorBinding bound = stream.BindScoped();
        if (dynamicSharedBytes > dynamicBytesAsked && Compiled.StaticSharedBytes + dynamicSharedBytes > SharedBytesUnasked)
        {
            CudaError refused = CudaFunctions.AllowDynamicShared(function, dynamicSharedBytes);
            if (refused != CudaError.CUDA_SUCCESS)
            {
                throw Failed(
                    refused,
                    $"'{Compiled.Entry}' can't have {dynamicSharedBytes} bytes of dynamic shared memory "
                        + $"beside {Compiled.StaticSharedBytes} static ones on '{Accelerator.Name}'");
            }
            dynamicBytesAsked = dynamicSharedBytes;
        }
        Block threads = Compiled.Block;
        nint size = parameters.Length;
        fixed (byte* bytes = parameters)
        {
            nint* how = stackalloc nint[] { ParameterBuffer, (nint)bytes, ParameterBufferSize, (nint)(&size), 0 };
            CudaError error = CudaAPI.CurrentAPI.LaunchKernel(
                function, grid.X, grid.Y, grid.Z, threads.X, threads.Y, threads.Z, dynamicSharedBytes,
                ((CudaStream)stream).StreamPtr, 0, (nint)how);
            if (error != CudaError.CUDA_SUCCESS)
            {
                throw Failed(
                    error,
                    $"'{Compiled.Entry}' wasn't launched: {grid.X} x {grid.Y} x {grid.Z} blocks of {threads.X} x {threads.Y} x {threads.Z} "
                        + $"threads with {dynamicSharedBytes} bytes of dynamic shared memory");
            }
        }
    }

    private static CudaException Failed(CudaError error, string what, string? log = null)
    {
        string text = CudaFunctions.LogText(log);
        return new CudaException(
            $"{what}: {CudaAPI.CurrentAPI.GetErrorString(error)} ({error}).{(text.Length == 0 ? "" : $" Its log:\n{text}")}");
    }
}
