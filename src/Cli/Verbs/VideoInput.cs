using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// The video that a run begins from. It is opened first and decoded later, so that whatever can be refused is refused in between.
/// </summary>
internal sealed class VideoInput : IDisposable
{
    private readonly VideoReader reader;
    private readonly ClipOptions options;

    private VideoInput(VideoReader reader, ClipOptions options, VideoClip expected) =>
        (this.reader, this.options, Expected) = (reader, options, expected);

    /// <summary>A clip of the size and count that are to come, for plans; it has no frames.</summary>
    public VideoClip Expected { get; }

    /// <param name="asked">What the command line asks for, and which video.</param>
    /// <param name="pipeline">What is open is as it decides.</param>
    /// <returns>Null where the run begins from no video.</returns>
    /// <exception cref="UsageException">It can't be read, or is too short for a count that was asked for.</exception>
    /// <exception cref="RequestException">A size, count or rate that the model can't do.</exception>
    public static VideoInput? Open(RequestReader asked, CogVideoXPipeline pipeline)
    {
        if (asked.Resume is not null || asked.Inputs.Video is not { } path)
            return null;
        return Guarded(() =>
        {
            VideoReader reader = VideoReader.Open(path);
            try
            {
                ClipOptions options = OptionsFor(asked.Settings, pipeline, new PixelSize(reader.Probe.Height, reader.Probe.Width));
                return new VideoInput(reader, options, VideoClip.Expect(reader, options));
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        });
    }

    /// <summary>Decodes the frames.</summary>
    /// <exception cref="UsageException">It is damaged, or too short after all.</exception>
    public VideoClip Read(CancellationToken cancellation) => Guarded(() => VideoClip.Read(reader, options, cancellation));

    /// <summary>What was done to it, and what would take more of it.</summary>
    public string Summary(VideoClip clip)
    {
        bool lacksFrames = clip.Count < options.Count && !(reader.Probe.FrameCount <= clip.Count);
        return clip.Summary + (lacksFrames ? " --any-size on takes all of its frames." : "");
    }

    /// <summary>Requests for other videos of a clip.</summary>
    public static IReadOnlyList<GenerateJob> With(IReadOnlyList<GenerateJob> jobs, VideoClip clip) =>
        [.. jobs.Select(job => job with { Request = With(job.Request, clip) })];

    public void Dispose() => reader.Dispose();

    private static GenerationRequest With(GenerationRequest request, VideoClip clip) => request.AnySize == true
        ? request with { Video = clip, Width = null, Height = null, Frames = null, Rate = request.Rate ?? clip.Rate }
        : request with { Video = clip, Frames = clip.Count };

    // At any size all frames are taken, each once; a size that isn't given is the video's, as near as the model can do it.
    private static ClipOptions OptionsFor(GenerationSettings asked, CogVideoXPipeline pipeline, PixelSize own)
    {
        bool takesAll = asked.AnySize == true;
        PixelSize nearest = pipeline.NearestSize(own);
        GenerationSettings usual = pipeline.Decide(asked with
        {
            Prompt = string.IsNullOrEmpty(asked.Prompt) ? "a prompt" : asked.Prompt,
            Width = asked.Width ?? (takesAll ? nearest.Width : null),
            Height = asked.Height ?? (takesAll ? nearest.Height : null),
            Frames = takesAll ? null : asked.Frames,
        });
        var options = new ClipOptions
        {
            Size = new PixelSize(usual.Height ?? 0, usual.Width ?? 0),
            Fit = asked.Fit ?? ImageFit.Crop,
        };
        return takesAll
            ? options
            : options with { Rate = usual.Rate, Count = usual.Frames, Allows = pipeline.Allows, NeedsCount = asked.Frames is not null };
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InputException exception)
        {
            throw new UsageException("--video", PropertyNames.InWordsOfOptions(exception.Message), exception);
        }
    }
}
