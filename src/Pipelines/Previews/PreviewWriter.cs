using System.Diagnostics;
using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// Shows a run while it is sampled: what the model expects the clean latents to be, as a small video that each step replaces, at most one
/// a second. A disk that is full ends the preview, not the run.
/// </summary>
internal sealed class PreviewWriter
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly RunState run;
    private readonly string path;
    private readonly LatentPreview preview;
    private VideoLatents? clean; // of the step that runs, where it is to be shown
    private long written;

    private PreviewWriter(RunState run, string path, LatentPreview preview) => (this.run, this.path, this.preview) = (run, path, preview);

    /// <summary>Of a run whose files ask for one; null for another.</summary>
    /// <exception cref="ModelException">The checkpoint's map is damaged, or of another model.</exception>
    public static PreviewWriter? Of(RunState run) => run.Files.Preview is { } path
        ? new PreviewWriter(run, path, MapOf(run.Files, run.Model))
        : null;

    /// <summary>Refuses a preview that couldn't be written.</summary>
    /// <param name="files">What is asked for.</param>
    /// <param name="settings">Of the run; all decided.</param>
    /// <param name="model">The checkpoint.</param>
    /// <exception cref="RequestException">No map of the latents, a format that can't be written.</exception>
    /// <exception cref="ModelException">A map that is damaged, or of another model.</exception>
    public static void Check(GenerationFiles files, GenerationSettings settings, LoadedModel model)
    {
        if (files.Preview is not { } path)
            return;
        string map = files.MapOf(model.Folder.Path);
        if (!File.Exists(map))
        {
            throw new RequestException(
                files.PreviewMap is null ? nameof(files.Preview) : nameof(files.PreviewMap),
                $"there is no {map}, which says what the model's latents look like; {nameof(PreviewFitter)} makes it.");
        }
        _ = MapOf(files, model);
        try
        {
            VideoSink.Check(path, ShapeOf(settings, model), Writing);
        }
        catch (OutputException exception)
        {
            throw new RequestException(nameof(files.Preview), exception.Message, exception);
        }
    }

    /// <summary>The preview of a video: a frame of each latent frame, a pixel of each latent pixel.</summary>
    public static VideoShape ShapeOf(GenerationSettings settings, LoadedModel model)
    {
        Shape latents = LatentShapes.Of(settings, model.Folder);
        int frames = latents[1] - LatentShapes.Padding(settings, model.Folder);
        return new VideoShape(
            frames, latents[3], latents[4], settings.Rate.Decided().Slowed(model.Folder.Vae.TemporalCompression));
    }

    /// <summary>The model of a run, its predictions kept as clean latents until their step is done.</summary>
    public Denoiser Watch(Denoiser model, ISampler sampler) => (latents, level) =>
    {
        Tensor output = model(latents, level);
        if (IsDue(isLast: level.Index == sampler.Levels.Count - 1))
            clean = VideoLatents.Of(run.WithoutPadding(level.Clean(run.Ops, latents, output, sampler.InputScale(level.Index))));
        return output;
    };

    /// <summary>Called after each step.</summary>
    public void Show()
    {
        if (clean is null)
            return;
        try
        {
            preview.Show(clean).Save(path, ShapeOf(run.Settings, run.Model).Rate, Writing);
        }
        catch (OutputException exception)
        {
            run.PreviewProblem = exception.Message;
        }
        (clean, written) = (null, Stopwatch.GetTimestamp());
    }

    private static VideoOptions Writing { get; } = new() { WhenTaken = WhenTaken.Overwrite };

    private static LatentPreview MapOf(GenerationFiles files, LoadedModel model) =>
        LatentPreview.Load(files.MapOf(model.Folder.Path), model.Folder.Vae.LatentChannels);

    private bool IsDue(bool isLast) =>
        run.PreviewProblem is null && (isLast || written == 0 || Stopwatch.GetElapsedTime(written) >= LeastInterval);
}
