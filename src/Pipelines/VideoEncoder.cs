using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// The VAE alone, the other way: a video or picture to latents as <see cref="GenerationFiles.SaveLatents"/> keeps them, of which
/// <see cref="VideoDecoder"/> makes the video again.
/// </summary>
public sealed class VideoEncoder : IDisposable
{
    private readonly OpenModel opened;

    private VideoEncoder(OpenModel opened) => this.opened = opened;

    /// <inheritdoc cref="VideoDecoder.Open(string, int)"/>
    public static VideoEncoder Open(string modelFolder, int threads = 0) => Open(modelFolder, ComputeOptions.OnCpu(threads));

    /// <inheritdoc cref="VideoDecoder.Open(string, ComputeOptions, PartSources?)"/>
    public static VideoEncoder Open(string modelFolder, ComputeOptions compute, PartSources? parts = null)
    {
        return new VideoEncoder(OpenModel.Open(typeof(VideoEncoder), modelFolder, compute, loras: null, parts));
    }

    /// <summary>What a video is made into: what the settings leave open, the checkpoint decides, as for a video that it makes.</summary>
    /// <param name="settings">Width, height, frames and rate count.</param>
    /// <exception cref="RequestException">A size or count that this model can't do.</exception>
    /// <exception cref="ModelException">The same of what the checkpoint recommends.</exception>
    public ClipOptions InputFor(GenerationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        GenerationSettings decided = RequestResolver.ResolveVideo(settings, opened.Checkpoint);
        return new ClipOptions
        {
            Size = new PixelSize(decided.Height.Decided(), decided.Width.Decided()),
            Rate = decided.Rate.Decided(),
            Count = decided.Frames.Decided(),
            Allows = opened.Folder.FrameRule.Allows,
        };
    }

    /// <summary>What encoding a clip will give and take.</summary>
    /// <param name="frames">Frames of the clip; latents of 8·N and of 8·N + 1 (with a VAE of 4 frames a latent) decode to as many.</param>
    /// <param name="size">Of a frame, multiples of a latent's pixels.</param>
    /// <param name="tiling">Whether to encode in tiles.</param>
    /// <returns>The shape of the latents, [1, F, C, H, W], whether they are encoded in tiles, and the plan.</returns>
    /// <exception cref="RequestException">A size that isn't whole latents, or too little memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No frames.</exception>
    public (Shape Latents, bool Tiled, StagePlan Plan) Plan(int frames, PixelSize size, TilingMode tiling = TilingMode.Auto)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (!Enum.IsDefined(tiling))
            throw new ArgumentOutOfRangeException(nameof(tiling), tiling, "There is no such mode.");
        opened.Check();
        opened.Compute.CheckPartTypes(opened.Ops.ActivationType);
        CheckWhole(nameof(GenerationSettings.Height), size.Height);
        CheckWhole(nameof(GenerationSettings.Width), size.Width);
        return opened.Checkpoint.Read(() =>
        {
            using Ops planning = opened.Planning(opened.Device);
            ModelParts dryParts = opened.PlannedParts(planning);
            using var state = new RunState(dryParts, Settings(tiling, sampleSeed: 0), StageClock.Silent(planning)); // a draw takes more
            state.HandFrames(planning.Empty(ShapeOf(frames, size)));
            long memory = opened.MemoryBytes;
            StagePlan plan = TaskPlanner.Plan(GenerationTasks.Encode, state, memory, letsGo: false).Single();
            return (state.Latents.Shape, state.Settings.VaeTiling == TilingMode.On, plan);
        });
    }

    /// <summary>Encodes a clip.</summary>
    /// <param name="clip">The frames, or a picture (<see cref="VideoClip.Of(StillImage, PixelSize?, ImageFit)"/>).</param>
    /// <param name="tiling">Whether to encode in tiles.</param>
    /// <param name="sampleSeed">Latents are drawn with it from what the VAE encodes to; null for the means.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    /// <returns>Scaled as a sampler's.</returns>
    /// <exception cref="RequestException">As by <see cref="Plan"/>.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite, no memory left, or a device that failed.</exception>
    /// <exception cref="CancelledException">Stopped.</exception>
    public VideoLatents Encode(
        VideoClip clip, TilingMode tiling = TilingMode.Auto, ulong? sampleSeed = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return opened.Run(
            GenerationStage.Encode, token => Encode(clip, tiling, sampleSeed, new StageClock(opened.Ops, progress, token)), cancellation);
    }

    /// <summary>Cancels a run that is on, waits for its end, and gives threads and memory back.</summary>
    public void Dispose() => opened.Dispose();

    private VideoLatents Encode(VideoClip clip, TilingMode tiling, ulong? sampleSeed, StageClock clock)
    {
        (_, bool tiled, _) = Plan(clip.Count, clip.Size, tiling);
        using var stopping = new OpsCancellation(opened.Ops, clock.Cancellation);
        using var state = new RunState(opened.Parts, Settings(tiled ? TilingMode.On : TilingMode.Off, sampleSeed), clock);
        int length = (int)clip.Size.Rgb24Bytes;
        state.HandFrames(opened.Ops.Fill(
            ShapeOf(clip.Count, clip.Size), (first, pixels) => clip.CopySigned((int)(first / length), pixels), length));
        TaskRun.Run(GenerationTasks.Encode, state, letsGo: false);
        return VideoLatents.Of(state.Latents);
    }

    private static Shape ShapeOf(int frames, PixelSize size) => [1, frames, size.Height, size.Width, 3];

    private static GenerationSettings Settings(TilingMode tiling, ulong? sampleSeed) => new() { VaeTiling = tiling, Seed = sampleSeed };

    private void CheckWhole(string property, int pixels)
    {
        int multiple = opened.Folder.Vae.SpatialCompression, below = pixels / multiple * multiple;
        if (pixels > 0 && pixels == below)
            return;
        string nearest = below == 0 ? $"{multiple} is" : $"{below} and {below + multiple} are";
        throw new RequestException(
            property, $"{pixels} pixels aren't whole latents; this model's VAE needs a multiple of {multiple}: {nearest} the nearest.");
    }
}
