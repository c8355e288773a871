using CogVideoX.Kernels.Devices;
using ILGPU.Runtime;

namespace CogVideoX.Gpu;

/// <summary>Marks of a stream: events of its accelerator, of which as many are kept as anyone waits for.</summary>
internal sealed class Marks(AcceleratorStream stream) : IDisposable
{
    private const int Kept = 256;

    private readonly ProfilingMarker?[] markers = new ProfilingMarker?[Kept];
    private long count;

    public Mark Add()
    {
        ref ProfilingMarker? place = ref markers[count % Kept];
        place?.Dispose();
        place = stream.AddProfilingMarker();
        return new Mark(count++);
    }

    public void Wait(Mark mark) => Find(mark)?.Synchronize();

    /// <summary>What another stream can wait for: the mark, or a later point where it is too old to be remembered.</summary>
    public ProfilingMarker MarkerOf(Mark mark) => Find(mark) ?? Find(Add())!;

    public TimeSpan Elapsed(Mark from, Mark to)
    {
        Wait(to);
        return Find(to) is { } last && Find(from) is { } first
            ? last.MeasureFrom(first)
            : throw new InvalidOperationException($"A device remembers {Kept} marks; one of these two is older.");
    }

    public void Dispose()
    {
        foreach (ProfilingMarker? marker in markers)
            marker?.Dispose();
        Array.Clear(markers);
    }

    // None where it is so old that newer ones took its place: the stream is past it, or will be before them.
    private ProfilingMarker? Find(Mark mark) => count - mark.Value <= Kept ? markers[mark.Value % Kept] : null;
}
