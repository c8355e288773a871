using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// Finds what a checkpoint's latents look like: made-up moving pictures go through its VAE and back, and their latents are fitted to the
/// frames that come out, averaged over each latent's pixels and frames. Transformer and text encoder aren't needed.
/// </summary>
public static class PreviewFitter
{
    private const int Clips = 40, FramesOfClip = 9, LargestSide = 64; // some minutes of a CPU for a 2b VAE
    private const int Seed = 42;

    /// <summary>Fits the map; the same checkpoint gives the same one.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face.</param>
    /// <param name="threads">How many threads compute, up to 1024; 0 for one a processor.</param>
    /// <param name="progress">Told how many of how many clips are done.</param>
    /// <param name="cancellation">Stops it within a clip.</param>
    /// <exception cref="ModelException">Configs or weights that are missing, damaged or don't fit together.</exception>
    /// <exception cref="RequestException">Too little memory.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite, or no memory left.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static LatentPreview Fit(
        string modelFolder, int threads = 0, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        using var model = LoadedModel.Open(modelFolder, ComputeOptions.OnCpu(threads), LoraOptions.None, out Ops ops, out _);
        using (ops)
        {
            VideoShape shape = ShapeOfClips(model);
            Check(model, shape);
            using var stopping = new OpsCancellation(ops, cancellation);
            var parts = new ModelParts(model, ops);
            var regression = new PreviewRegression(model.Folder.Vae.LatentChannels);
            var random = new Random(Seed);
            for (int clip = 0; clip < Clips; clip++)
            {
                (VideoLatents latents, VideoFrames frames) =
                    ThroughTheVae(parts, new MovingPicture(random, shape.Height, shape.Width), shape, cancellation);
                regression.Add(latents, AreaAverage.Of(frames, model.Folder.Vae));
                progress?.Invoke(clip + 1, Clips);
            }
            return regression.Solve();
        }
    }

    private static (VideoLatents Latents, VideoFrames Frames) ThroughTheVae(
        ModelParts parts, MovingPicture picture, VideoShape shape, CancellationToken cancellation)
    {
        var frames = new FrameCollector(shape.Count, shape.Height, shape.Width);
        var clock = new StageClock(parts.Ops, progress: null, cancellation);
        using var state = new RunState(parts, SettingsFor(shape), clock) { Sink = frames, Streams = false };
        state.HandFrames(parts.Ops.Fill(
            ShapeOf(shape), (first, pixels) => picture.Draw((int)(first / shape.FrameLength), pixels), shape.FrameLength));
        TaskRun.Run(Task, state, letsGo: false);
        return (VideoLatents.Of(state.Latents), frames.ToFrames());
    }

    private static IReadOnlyList<Stage> Task { get; } = [.. GenerationTasks.Encode, .. GenerationTasks.Decode];

    // What the checkpoint makes, but no larger than it has to be.
    private static VideoShape ShapeOfClips(LoadedModel model)
    {
        GenerationSettings made = RequestResolver.ResolveVideo(new GenerationSettings(), model);
        PixelSize size = new PixelSize(Math.Min(made.Height.Decided(), LargestSide), Math.Min(made.Width.Decided(), LargestSide))
            .RoundedDown(model.Folder.Vae.SpatialCompression);
        return new VideoShape(FramesOfClip, size.Height, size.Width, made.Rate.Decided());
    }

    private static void Check(LoadedModel model, VideoShape shape) => model.Read(() =>
    {
        using Ops planning = Ops.Planning();
        using var state = new RunState(new ModelParts(model, planning, isPlan: true), SettingsFor(shape), StageClock.Silent(planning))
        {
            Streams = false,
        };
        state.HandFrames(planning.Empty(ShapeOf(shape)));
        return TaskPlanner.Plan(Task, state, SystemMemory.FreeBytes(), letsGo: false);
    });

    private static Shape ShapeOf(VideoShape shape) => [1, shape.Count, shape.Height, shape.Width, 3];

    private static GenerationSettings SettingsFor(VideoShape shape) => new() { VaeTiling = TilingMode.Off, Rate = shape.Rate };
}
