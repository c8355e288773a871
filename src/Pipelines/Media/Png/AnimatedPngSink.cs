using System.Buffers.Binary;

namespace CogVideoX.Pipelines.Media;

/// <summary>Writes an animated PNG (PNG specification, third edition, 11.3.6) that loops for ever.</summary>
internal sealed class AnimatedPngSink : StreamSink
{
    private readonly GenerationMetadata? metadata;
    private readonly PngPipeline pipeline;
    private uint sequence;

    public AnimatedPngSink(OutputTarget target, VideoShape shape, VideoOptions options)
        : base(target, shape, options)
    {
        metadata = options.Metadata;
        pipeline = new PngPipeline(shape, options.Threads, WriteImage);
    }

    protected override void WriteHeader()
    {
        PngChunks.WriteHeader(Output, Shape.Width, Shape.Height);
        Span<byte> animation = stackalloc byte[8];      // number of frames, then of plays: 0 is for ever
        BinaryPrimitives.WriteInt32BigEndian(animation, Shape.Count);
        PngChunks.Write(Output, "acTL"u8, animation);
        PngChunks.WriteMetadata(Output, metadata);
    }

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation) =>
        pipeline.Add(frame, cancellation);

    protected override void WriteTrailer(CancellationToken cancellation)
    {
        pipeline.Drain(cancellation);
        PngChunks.WriteEnd(Output);
    }

    private void WriteImage(int index, ReadOnlySpan<byte> image)
    {
        WriteFrameControl();
        // The first frame is the still image of viewers that know nothing of animation; the others carry a sequence number.
        if (index == 0)
            PngChunks.Write(Output, "IDAT"u8, image);
        else
            PngChunks.Write(Output, "fdAT"u8, NextSequence(), image);
        FrameIsDone();
    }

    private void WriteFrameControl()
    {
        Span<byte> control = stackalloc byte[26];       // offsets, disposal and blending stay 0: each frame replaces the whole
        NextSequence().CopyTo(control);
        BinaryPrimitives.WriteInt32BigEndian(control[4..], Shape.Width);
        BinaryPrimitives.WriteInt32BigEndian(control[8..], Shape.Height);
        BinaryPrimitives.WriteUInt16BigEndian(control[20..], (ushort)Shape.Rate.Denominator);
        BinaryPrimitives.WriteUInt16BigEndian(control[22..], (ushort)Shape.Rate.Numerator);
        PngChunks.Write(Output, "fcTL"u8, control);
    }

    private byte[] NextSequence()
    {
        var number = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, sequence++);
        return number;
    }
}
