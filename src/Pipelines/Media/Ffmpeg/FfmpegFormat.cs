using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>A format that the ffmpeg program writes.</summary>
internal abstract class FfmpegFormat : VideoFormat
{
    /// <summary>BT.709, limited range: what players take for granted in YCbCr video, said aloud.</summary>
    protected const string ToBt709 =
        "scale=out_color_matrix=bt709:out_range=limited:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";

    /// <summary>The same for encoders that look at the pictures (ProRes) and not at <see cref="Bt709Tags"/>.</summary>
    protected const string TagAsBt709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv";

    protected static readonly string[] Bt709Tags =
        ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];

    protected const string WithoutFfmpeg = ".png (animated PNG)";

    // Without these, containers get random numbers and the versions of programs: the same run would give other bytes.
    private static readonly string[] Repeatable = ["-fflags", "+bitexact", "-flags:v", "+bitexact"];

    public override bool NeedsFfmpeg => true;

    /// <summary>ffmpeg's name for the container.</summary>
    protected abstract string Muxer { get; }

    /// <summary>The encoders that will do, the best first.</summary>
    internal abstract IReadOnlyList<FfmpegEncoder> EncodersFor(EncodingOptions encoding);

    /// <summary>From RGB to what the encoder takes.</summary>
    protected abstract string Filter(VideoShape shape, FfmpegEncoder encoder);

    /// <summary>Arguments of the container, settings among them if it takes them from ffmpeg.</summary>
    protected abstract IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata);

    /// <summary>Adds to the file what ffmpeg can't: called when it is done.</summary>
    internal virtual void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata) { }

    internal override void Check(string path, VideoShape shape, VideoOptions options)
    {
        base.Check(path, shape, options);
        var encoder = ChooseEncoder(path, Require(path, FfmpegProgram.Find()), options.Encoding);
        int smallest = Math.Min(shape.Width + shape.Width % 2, shape.Height + shape.Height % 2);
        if (smallest < encoder.SmallestSide)
        {
            throw new OutputException(
                $"{Quoted.Path(path)}: {encoder.Codec.DisplayName()} takes at least {encoder.SmallestSide} pixels a side ({encoder.Name}), "
                + $"not {shape.Width}×{shape.Height}; choose another codec, or use {WithoutFfmpeg}");
        }
    }

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options) =>
        new FfmpegSink(target, shape, options, this, Require(target.ShownPath, FfmpegProgram.Find()));

    internal FfmpegProgram Require(string path, FfmpegProgram? ffmpeg) => ffmpeg ?? throw new OutputException(
        $"{Quoted.Path(path)}: {Extension} is written by the ffmpeg program, which isn't on PATH; install it, or use {WithoutFfmpeg}");

    /// <exception cref="OutputException">This ffmpeg has none that would do.</exception>
    internal FfmpegEncoder ChooseEncoder(string path, FfmpegProgram ffmpeg, EncodingOptions encoding)
    {
        try
        {
            var fitting = EncodersFor(encoding).Where(encoder => encoding.Quality is null || encoder.AtQuality is not null).ToList();
            return fitting.FirstOrDefault(encoder => ffmpeg.HasEncoder(encoder.Name)) ?? throw new OutputException(
                $"{Quoted.Path(path)}: {ffmpeg.Path} was built without {string.Join(" or ", fitting.Select(encoder => encoder.Name))}, "
                + $"which {(encoding.Codec is { } codec ? codec.DisplayName() : Extension)} takes; "
                + (encoding.Codec is null ? $"use {WithoutFfmpeg}" : $"choose another codec, or use {WithoutFfmpeg}"));
        }
        catch (IOException e)
        {
            throw new OutputException($"{Quoted.Path(path)}: {e.Message}; repair ffmpeg, or use {WithoutFfmpeg}", inner: e);
        }
    }

    /// <summary>Raw RGB frames from standard input to a file.</summary>
    internal IReadOnlyList<string> Arguments(FfmpegEncoder encoder, VideoShape shape, VideoOptions options, string file) =>
    [
        "-hide_banner", "-loglevel", "error", "-xerror", "-y",
        "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{shape.Width}x{shape.Height}",
        "-framerate", shape.Rate.ToString(), "-i", "pipe:0",
        "-vf", Filter(shape, encoder), "-c:v", encoder.Name, .. encoder.ArgumentsAt(options.Encoding.Quality),
        .. Repeatable, .. ContainerArguments(encoder, options.Metadata), "-f", Muxer, "file:" + file,
    ];
}
