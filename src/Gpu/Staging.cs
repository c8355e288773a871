using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Gpu;

/// <summary>
/// Uploads through page-locked memory: the source may be used again at once, and the copy itself goes on beside the host. Two halves, so
/// that one is filled while the other is copied.
/// </summary>
internal sealed unsafe class Staging(Accelerator accelerator, AcceleratorStream stream) : IDisposable
{
    private const int HalfBytes = 8 << 20;

    private readonly Half[] halves = [new(), new()];
    private int next;

    public void CopyIn(void* source, ArrayView<byte> target)
    {
        for (long done = 0; done < target.Length; done += HalfBytes)
        {
            int bytes = (int)Math.Min(HalfBytes, target.Length - done);
            Half half = halves[next++ % halves.Length];
            half.Copied?.Synchronize();
            half.Copied?.Dispose();
            half.Memory ??= accelerator.AllocatePageLocked1D<byte>(HalfBytes);
            new ReadOnlySpan<byte>((byte*)source + done, bytes).CopyTo(half.Memory.Span);
            target.SubView(done, bytes).CopyFrom(stream, half.Memory.ArrayView.SubView(0, bytes));
            half.Copied = stream.AddProfilingMarker();
        }
    }

    public void Dispose()
    {
        foreach (Half half in halves)
        {
            half.Copied?.Dispose();
            half.Memory?.Dispose();
        }
    }

    private sealed class Half
    {
        public PageLockedArray1D<byte>? Memory { get; set; }

        /// <summary>When its contents are copied.</summary>
        public ProfilingMarker? Copied { get; set; }
    }
}
