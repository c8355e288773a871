using System.Buffers;
using System.Text;

namespace CogVideoX.Models.T5;

// Normalized text and the pieces that it was split into, in pooled memory.
internal sealed class Segmentation : IDisposable
{
    private readonly Utf8Builder normalized;
    private readonly Segment[] segments;
    private readonly int first;

    public Segmentation(Utf8Builder normalized, UnigramSegmenter<float> segmenter)
    {
        this.normalized = normalized;
        segments = ArrayPool<Segment>.Shared.Rent(normalized.Written.Length);
        first = segmenter.Segment(normalized.Written, segments.AsSpan(0, normalized.Written.Length));
    }

    public ReadOnlySpan<Segment> Segments => segments.AsSpan(first, normalized.Written.Length - first);

    public ReadOnlySpan<byte> Text => normalized.Written;

    public string TextOf(Segment segment) => Encoding.UTF8.GetString(normalized.Written.Slice(segment.Start, segment.Length));

    public string TextFrom(Segment segment) => Encoding.UTF8.GetString(normalized.Written[segment.Start..]);

    public void Dispose()
    {
        ArrayPool<Segment>.Shared.Return(segments);
        normalized.Dispose();
    }
}
