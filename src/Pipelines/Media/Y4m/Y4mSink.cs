using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>Writes YUV4MPEG2 with full-size chroma (4:4:4), progressive, square pixels.</summary>
internal sealed class Y4mSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata) : StreamSink(target, shape)
{
    private readonly byte[] planes = new byte[shape.FrameLength];

    protected override void WriteHeader()
    {
        var (width, height, rate) = (Shape.Width, Shape.Height, Shape.Rate);
        string header = $"YUV4MPEG2 W{width} H{height} F{rate.Numerator}:{rate.Denominator} Ip A1:1 C444 XCOLORRANGE=LIMITED\n";
        Output.Write(Encoding.ASCII.GetBytes(header));
    }

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        YCbCr601.FromPlanar(frame, planes);
        Output.Write("FRAME\n"u8);
        Output.Write(planes);
    }

    protected override void WriteTrailer()
    {
        if (metadata is not null)
            File.WriteAllText(Target.TemporaryCompanion(Y4mFormat.SettingsEnding), metadata.ToJson() + "\n");
    }
}
