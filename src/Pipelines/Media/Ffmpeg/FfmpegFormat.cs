namespace CogVideoX.Pipelines.Media;

/// <summary>A format that the ffmpeg program writes.</summary>
internal abstract class FfmpegFormat : VideoFormat
{
    /// <summary>BT.709, limited range: what players take for granted in YCbCr video, said aloud.</summary>
    protected const string ToBt709 =
        "scale=out_color_matrix=bt709:out_range=limited:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";

    protected static readonly string[] Bt709Tags =
        ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];

    protected const string WithoutFfmpeg = ".png (animated PNG)";

    public override bool NeedsFfmpeg => true;

    /// <summary>ffmpeg's name for the container.</summary>
    protected abstract string Muxer { get; }

    /// <summary>The encoders that will do, the best first.</summary>
    internal abstract IReadOnlyList<FfmpegEncoder> Encoders { get; }

    /// <summary>From RGB to what the encoder takes.</summary>
    protected abstract string Filter(VideoShape shape);

    /// <summary>Arguments of the container, settings among them if it takes them from ffmpeg.</summary>
    protected virtual IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) => [];

    /// <summary>Adds to the file what ffmpeg can't: called when it is done.</summary>
    internal virtual void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata) { }

    internal override void Check(string path, VideoShape shape, GenerationMetadata? metadata) =>
        ChooseEncoder(path, Require(path, FfmpegProgram.Find()));

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata) =>
        new FfmpegSink(target, shape, metadata, this, FfmpegProgram.Find()!);

    internal FfmpegProgram Require(string path, FfmpegProgram? ffmpeg) => ffmpeg ?? throw new OutputException(
        $"'{path}': {Extension} is written by the ffmpeg program, which isn't on PATH; install it, or use {WithoutFfmpeg}");

    /// <exception cref="OutputException">This ffmpeg has none that would do.</exception>
    internal FfmpegEncoder ChooseEncoder(string path, FfmpegProgram ffmpeg)
    {
        try
        {
            return Encoders.FirstOrDefault(encoder => ffmpeg.HasEncoder(encoder.Name)) ?? throw new OutputException(
                        $"'{path}': {ffmpeg.Path} was built without {string.Join(" or ", Encoders.Select(encoder => encoder.Name))}, "
                + $"which {Extension} takes; use {WithoutFfmpeg}");
        }
        catch (IOException e)
        {
            throw new OutputException($"'{path}': {e.Message}; repair ffmpeg, or use {WithoutFfmpeg}", inner: e);
        }
    }

    /// <summary>Raw RGB frames from standard input to a file.</summary>
    internal IReadOnlyList<string> Arguments(FfmpegEncoder encoder, VideoShape shape, GenerationMetadata? metadata, string file) =>
    [
        "-hide_banner", "-loglevel", "error", "-xerror", "-y",
        "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{shape.Width}x{shape.Height}",
        "-framerate", shape.Rate.ToString(), "-i", "pipe:0",
        "-vf", Filter(shape), "-c:v", encoder.Name, .. encoder.Arguments,
        .. ContainerArguments(metadata), "-f", Muxer, "file:" + file,
    ];
}
