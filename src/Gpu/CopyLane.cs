using CogVideoX.Ilgpu;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Gpu;

/// <summary>
/// A second stream, on which uploads go on beside the first one's kernels. The host fills page-locked memory and waits for a half of it
/// to be free, not for kernels but those that a copy waits for.
/// </summary>
internal sealed unsafe class CopyLane : IDisposable
{
    private readonly AcceleratorStream stream;
    private readonly Staging staging;
    private ProfilingMarker? joined;

    public CopyLane(Accelerator accelerator)
    {
        stream = accelerator.CreateStream();
        staging = new Staging(accelerator, stream);
    }

    /// <param name="source">May be used again at once.</param>
    /// <param name="target">Where to.</param>
    /// <param name="after">What is waited for.</param>
    public void CopyIn(void* source, ArrayView<byte> target, ProfilingMarker after)
    {
        stream.WaitFor(after);
        staging.CopyIn(source, target);
    }

    /// <summary>Another stream goes on when all copies are done.</summary>
    public void Join(AcceleratorStream other)
    {
        joined?.Dispose();
        joined = stream.AddProfilingMarker();
        other.WaitFor(joined);
    }

    public void Dispose()
    {
        joined?.Dispose();
        staging.Dispose();
        stream.Dispose();
    }
}
