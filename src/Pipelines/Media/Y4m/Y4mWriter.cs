using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>Writes YUV4MPEG2 with full-size chroma (4:4:4), progressive, square pixels.</summary>
internal sealed class Y4mWriter(VideoShape shape)
{
    private readonly byte[] planes = new byte[shape.FrameLength];

    public void WriteHeader(Stream output)
    {
        var (width, height, rate) = (shape.Width, shape.Height, shape.Rate);
        string header = $"YUV4MPEG2 W{width} H{height} F{rate.Numerator}:{rate.Denominator} Ip A1:1 C444 XCOLORRANGE=LIMITED\n";
        output.Write(Encoding.ASCII.GetBytes(header));
    }

    /// <param name="output">Where to.</param> <param name="frame">[H,W,3] in [0,1]</param>
    public void WriteFrame(Stream output, ReadOnlySpan<float> frame)
    {
        YCbCr601.FromRgb(frame, planes);
        output.Write("FRAME\n"u8);
        output.Write(planes);
    }
}
