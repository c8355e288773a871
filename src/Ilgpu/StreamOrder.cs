using System.Runtime.CompilerServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>Order between streams of an accelerator, which ILGPU 1.5.3 has no call for.</summary>
public static class StreamOrder
{
    /// <summary>
    /// Work that the stream is given from here on waits for what another stream of the accelerator was given before a marker; the host
    /// waits only where the accelerator is neither a card with CUDA nor the emulator.
    /// </summary>
    /// <param name="stream">That waits.</param>
    /// <param name="marker">Of the other stream. It may be disposed at once.</param>
    /// <exception cref="CudaException">The driver refuses, or earlier work failed.</exception>
    public static void WaitFor(this AcceleratorStream stream, ProfilingMarker marker)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(marker);
        switch (stream)
        {
            case EmulatorStream emulated:
                emulated.Emulated.WaitFor(((EmulatorMarker)marker).Mark);
                break;
            case CudaStream cuda:
                using (stream.BindScoped())
                    CudaException.ThrowIfFailed(CudaFunctions.Wait(cuda.StreamPtr, EventOf(marker)));
                break;
            default:
                marker.Synchronize();
                break;
        }
    }

    // ILGPU keeps its markers of CUDA to itself.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EventPtr")]
    internal static extern nint EventOf([UnsafeAccessorType("ILGPU.Runtime.Cuda.CudaProfilingMarker, ILGPU")] object marker);
}
