using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace CogVideoX.Models.T5;

// Normalized text and the pieces that it was split into, part by part, held until it is disposed.
internal sealed class Segmentation(int capacity) : IDisposable
{
    private readonly Utf8Builder normalized = new(capacity);
    private readonly List<Segment> segments = [];

    public ReadOnlySpan<Segment> Segments => CollectionsMarshal.AsSpan(segments);

    public ReadOnlySpan<byte> Text => normalized.Written;

    // Text that is one piece.
    public void Append(int id, ReadOnlySpan<byte> text)
    {
        segments.Add(new Segment(id, Text.Length, text.Length));
        normalized.Append(text);
    }

    // Normalized text, with the pieces that a segmenter splits it into.
    public void Append<TScore>(ReadOnlySpan<byte> text, UnigramSegmenter<TScore> segmenter)
        where TScore : struct, IBinaryFloatingPointIeee754<TScore>
    {
        int start = Text.Length;
        Segment[] found = ArrayPool<Segment>.Shared.Rent(text.Length);
        int first = segmenter.Segment(text, found.AsSpan(0, text.Length));
        foreach (Segment segment in found.AsSpan(first, text.Length - first))
            segments.Add(segment with { Start = start + segment.Start });
        ArrayPool<Segment>.Shared.Return(found);
        normalized.Append(text);
    }

    public string TextOf(Segment segment) => Encoding.UTF8.GetString(Text.Slice(segment.Start, segment.Length));

    public string TextFrom(Segment segment) => Encoding.UTF8.GetString(Text[segment.Start..]);

    public void Dispose() => normalized.Dispose();
}
