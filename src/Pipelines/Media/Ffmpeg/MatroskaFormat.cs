namespace CogVideoX.Pipelines.Media;

/// <summary>Matroska and WebM, which is a part of it (RFC 9559).</summary>
internal abstract class MatroskaFormat : CommentFormat
{
    private static ReadOnlySpan<byte> Ebml => [0x1A, 0x45, 0xDF, 0xA3];

    protected override string Demuxer => "matroska";

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(Ebml);
}
