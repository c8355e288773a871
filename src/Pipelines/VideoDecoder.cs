using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>The VAE alone: latents, as <see cref="GenerationFiles.SaveLatents"/> keeps them, to a video.</summary>
public sealed class VideoDecoder : IDisposable
{
    private const string Given = "What was given";

    private readonly OpenModel opened;

    private VideoDecoder(OpenModel opened) => this.opened = opened;

    /// <summary>Reads a checkpoint's configs; its VAE's weights are mapped when first needed.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face.</param>
    /// <param name="threads">How many threads compute, up to 1024; 0 for one a processor.</param>
    /// <exception cref="ModelException">Configs that are missing, damaged or don't fit together.</exception>
    /// <exception cref="ArgumentException">No folder is named, or a number of threads that can't be.</exception>
    public static VideoDecoder Open(string modelFolder, int threads = 0) =>
        Open(modelFolder, ComputeOptions.OnCpu(threads));

    /// <summary>The same, on any device.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face.</param>
    /// <param name="compute">Where and how to compute.</param>
    /// <param name="parts">Parts that come from elsewhere than the folder; null for none.</param>
    /// <exception cref="ModelException">Configs that are missing, damaged or don't fit together.</exception>
    /// <exception cref="ArgumentException">No folder is named.</exception>
    /// <exception cref="RequestException">
    /// The device has no forms for the type of activations, or there is no such type or number of threads.
    /// </exception>
    /// <exception cref="DeviceException">The device can't be opened.</exception>
    public static VideoDecoder Open(string modelFolder, ComputeOptions compute, PartSources? parts = null)
    {
        return new VideoDecoder(OpenModel.Open(typeof(VideoDecoder), modelFolder, compute, loras: null, parts));
    }

    /// <summary>The frame rate that the checkpoint's videos are meant to be seen at.</summary>
    public FrameRate Rate => RequestResolver.RateOf(opened.Folder);

    /// <summary>What decoding a file will give and take.</summary>
    /// <param name="file">A safetensors file with <c>latents</c> F32 [1, F, C, H, W], as they stand before scaling.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <returns>The shape of the video, whether it is decoded in tiles, and the plan.</returns>
    /// <exception cref="RequestException">Not such a file, a video that no array can hold, or too little memory.</exception>
    public (VideoShape Shape, bool Tiled, StagePlan Plan) Plan(string file, TilingMode tiling)
    {
        ArgumentNullException.ThrowIfNull(file);
        opened.Check();
        VideoLatents latents = Read(file);
        return Plan(file, latents.Shape, tiling);
    }

    /// <summary>What decoding latents that aren't there yet will give and take.</summary>
    /// <param name="latents">[1, F, C, H, W]</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <inheritdoc cref="Plan(string, TilingMode)"/>
    public (VideoShape Shape, bool Tiled, StagePlan Plan) Plan(Shape latents, TilingMode tiling)
    {
        opened.Check();
        if (latents.Rank != 5 || latents[0] != 1 || latents[2] != opened.Folder.Vae.LatentChannels || latents.Count == 0)
        {
            throw new RequestException(
                nameof(latents), $"{latents} isn't a shape of this model's latents, [1, F, {opened.Folder.Vae.LatentChannels}, H, W].");
        }
        return Plan("The file", latents, tiling);
    }

    /// <summary>Decodes a file of latents.</summary>
    /// <param name="file">As in <see cref="Plan(string, TilingMode)"/>.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    public VideoFrames Decode(
        string file, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Collected(file, () => Read(file), tiling, progress, cancellation);
    }

    /// <summary>
    /// Decodes latents that are in memory, such as <see cref="VideoEncoder"/> and <see cref="GenerationSummary.Latents"/> give.
    /// </summary>
    /// <param name="latents">[1, F, C, H, W], as they stand before scaling.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    /// <exception cref="RequestException">
    /// Other channels, numbers that aren't finite, or as by <see cref="Plan(Shape, TilingMode)"/>.
    /// </exception>
    public VideoFrames Decode(
        VideoLatents latents, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(latents);
        return Collected(Given, () => Checked(latents), tiling, progress, cancellation);
    }

    /// <summary>Decodes a file of latents, frame by frame into a sink.</summary>
    /// <param name="file">As in <see cref="Plan(string, TilingMode)"/>.</param>
    /// <param name="sink">Takes the frames. It isn't completed or disposed here.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    /// <exception cref="RequestException">
    /// As by <see cref="Plan(string, TilingMode)"/>, or a <see cref="VideoSink"/> of another size or count.
    /// </exception>
    /// <exception cref="SinkException">The sink failed.</exception>
    public void Decode(
        string file, IFrameSink sink, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sink);
        Exclusively(file, () => Read(file), tiling, _ => sink, progress, cancellation);
    }

    /// <summary>Decodes latents that are in memory, frame by frame into a sink.</summary>
    /// <param name="latents">[1, F, C, H, W], as they stand before scaling.</param>
    /// <inheritdoc cref="Decode(string, IFrameSink, TilingMode, IProgress{GenerationProgress}?, CancellationToken)"/>
    /// <param name="sink"/> <param name="tiling"/> <param name="progress"/> <param name="cancellation"/>
    public void Decode(
        VideoLatents latents, IFrameSink sink, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(sink);
        Exclusively(Given, () => Checked(latents), tiling, _ => sink, progress, cancellation);
    }

    /// <summary>Cancels a run that is on, waits for its end, and gives threads and memory back.</summary>
    public void Dispose() => opened.Dispose();

    private VideoFrames Collected(
        string source, Func<VideoLatents> read, TilingMode tiling, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        FrameCollector? frames = null;
        Exclusively(source, read, tiling, Collector, progress, cancellation);
        return frames!.ToFrames();

        IFrameSink Collector(VideoShape shape) => frames = new FrameCollector(shape.Count, shape.Height, shape.Width);
    }

    private void Exclusively(
        string source, Func<VideoLatents> read, TilingMode tiling, Func<VideoShape, IFrameSink> sink,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        opened.Run(
            GenerationStage.Decode,
            token =>
            {
                Decode(source, read(), tiling, sink, new StageClock(opened.Ops, progress, token));
                return true;
            },
            cancellation);
    }

    private void Decode(string source, VideoLatents latents, TilingMode tiling, Func<VideoShape, IFrameSink> sink, StageClock clock)
    {
        (VideoShape shape, bool tiled, _) = Plan(source, latents.Shape, tiling);
        GenerationSettings settings = Settings(tiled ? TilingMode.On : TilingMode.Off);
        IFrameSink taker = sink(shape);
        taker.Expect(settings, shape);
        using var stopping = new OpsCancellation(opened.Ops, clock.Cancellation);
        using var state = new RunState(opened.Parts, settings, clock) { Sink = taker };
        state.Hand(opened.Ops.FromHost(latents.Values, latents.Shape));
        foreach (Stage stage in GenerationTasks.Decode)
            TaskRun.Run(stage, state);
    }

    private (VideoShape Shape, bool Tiled, StagePlan Plan) Plan(string source, Shape latents, TilingMode tiling)
    {
        if (!Enum.IsDefined(tiling))
            throw new ArgumentOutOfRangeException(nameof(tiling), tiling, "There is no such mode.");
        opened.Compute.CheckPartTypes(opened.Ops.ActivationType);
        VideoShape video = VideoOf(source, latents);
        return opened.Checkpoint.Read(() =>
        {
            using Ops planning = opened.Planning(opened.Device);
            ModelParts dryParts = opened.PlannedParts(planning);
            using var state = new RunState(dryParts, Settings(tiling), StageClock.Silent(planning)) { Streams = false };
            state.Hand(planning.Empty(latents));
            long memory = opened.MemoryBytes;
            StagePlan plan = TaskPlanner.Plan(GenerationTasks.Decode, state, memory, letsGo: false).Single();
            return (video, state.Settings.VaeTiling == TilingMode.On, plan);
        });
    }

    private GenerationSettings Settings(TilingMode tiling) => new() { VaeTiling = tiling, Rate = Rate };

    private VideoShape VideoOf(string source, Shape latents)
    {
        var video = LatentShapes.VideoOf(latents, opened.Folder.Vae);
        return LatentShapes.FitsAnArray(video)
            ? new VideoShape((int)video.Frames, (int)video.Height, (int)video.Width, Rate)
            : throw new RequestException(
                nameof(latents),
                $"{source} holds latents {latents}, a video of {video.Frames} frames of {video.Width}×{video.Height}, "
                + "which is more than one array can hold.");
    }

    private VideoLatents Read(string file)
    {
        VideoLatents latents = LatentFile.Read(nameof(file), file);
        CheckChannels(nameof(file), file, latents);
        return latents;
    }

    private VideoLatents Checked(VideoLatents latents)
    {
        CheckChannels(nameof(latents), Given, latents);
        return TensorPrimitives.IsFiniteAll(latents.Values)
            ? latents
            : throw new RequestException(nameof(latents), "the latents hold NaN or infinity; the run that made them went wrong.");
    }

    private void CheckChannels(string property, string source, VideoLatents latents)
    {
        int channels = opened.Folder.Vae.LatentChannels;
        if (latents.Shape[2] == channels)
            return;
        throw new RequestException(
            property, $"{source} holds latents {latents.Shape}; this model's have {channels} channels. Were they made with another model?");
    }
}
