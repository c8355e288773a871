using System.Text;

namespace CogVideoX.Models.T5;

// Normalized text and the pieces that it was split into, held until it is disposed.
internal sealed class Segmentation : IDisposable
{
    private readonly Utf8Builder normalized;
    private readonly Segment[] segments;
    private readonly int first;

    public Segmentation(Utf8Builder normalized, UnigramSegmenter<float> segmenter)
    {
        this.normalized = normalized;
        segments = new Segment[normalized.Written.Length];
        first = segmenter.Segment(normalized.Written, segments);
    }

    public ReadOnlySpan<Segment> Segments => segments.AsSpan(first);

    public ReadOnlySpan<byte> Text => normalized.Written;

    public string TextOf(Segment segment) => Encoding.UTF8.GetString(normalized.Written.Slice(segment.Start, segment.Length));

    public string TextFrom(Segment segment) => Encoding.UTF8.GetString(normalized.Written[segment.Start..]);

    public void Dispose() => normalized.Dispose();
}
