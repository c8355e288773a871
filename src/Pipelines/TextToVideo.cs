using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Words in, a video out (arXiv 2408.06072): prompts to embeddings, noise to latents, latents to frames. Use one object for several
/// runs, since its weights stay mapped; runs that are begun at the same time wait for each other.
/// </summary>
/// <example><code>
/// using var pipeline = TextToVideo.Open("models/shapes");
/// GenerationResult result = pipeline.Generate(new GenerationRequest("a red circle moving left on a gray background"));
/// result.Video.Save("circle.mp4", result.Settings.Rate);
/// </code></example>
public sealed class TextToVideo : IDisposable
{
    private readonly LoadedModel model;
    private readonly Ops ops;
    private readonly Lock oneAtATime = new(); // tensors of two runs must not share the scopes of one memory

    private TextToVideo(LoadedModel model, Ops ops)
    {
        this.model = model;
        this.ops = ops;
    }

    /// <summary>The checkpoint's folder.</summary>
    public string ModelPath => model.Folder.Path;

    /// <summary>Reads a checkpoint's configs and maps its weights; a large one takes no longer than a small one.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face: <c>model_index.json</c> and its parts.</param>
    /// <param name="threads">How many threads compute; 0 for one a processor. The video doesn't depend on it.</param>
    /// <param name="measure">Whether results tell what each kind of operation took (<see cref="StageTime.Operations"/>).</param>
    /// <exception cref="Exception">Configs or weights that are missing, damaged or don't fit together; the message names file and remedy.</exception>
    public static TextToVideo Open(string modelFolder, int threads = 0, bool measure = false) => new(new LoadedModel(modelFolder), Ops.OnCpu(threads, measure));

    /// <summary>Decides what a request leaves open and runs it dry. Nothing heavy runs.</summary>
    /// <exception cref="RequestException">What can't be done, and what could.</exception>
    public GenerationPlan Plan(GenerationRequest request)
    {
        lock (oneAtATime)
            return Plan(request, SystemMemory.FreeBytes());
    }

    /// <summary>Makes a video.</summary>
    /// <param name="request">What to show and how.</param>
    /// <param name="progress">Told how far the run is, many times a step.</param>
    /// <param name="cancellation">Stops the run within a step.</param>
    /// <exception cref="RequestException">Found before anything heavy started.</exception>
    /// <exception cref="CancelledException">Stopped; the latents of the last step are saved if the request asked for them.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite: in which stage and step.</exception>
    public GenerationResult Generate(GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        lock (oneAtATime)
        {
            GenerationPlan plan = Plan(request);
            using MemoryScope scope = ops.Scope();
            Tensor? start = ReadStart(request.InitLatents, plan.Settings) is { } noise ? ops.FromHost(noise.Values, noise.Shape) : null;
            return new Generation(model, ops, plan.Settings, new StageClock(ops, progress, cancellation)) { OutputObserver = OutputObserver }
                .Run(start, request.SaveLatents, request.Trace);
        }
    }

    /// <summary>The same on a thread of the pool.</summary>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(() => Generate(request, progress, cancellation), CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        ops.Dispose();
        model.Dispose();
    }

    /// <summary>Sees the transformer's output of each step, for comparison with a reference.</summary>
    internal Action<int, Tensor>? OutputObserver { get; set; }

    /// <summary>How many tensors live now; between runs there are none.</summary>
    internal int LiveTensors => ops.Memory.LiveCount;

    internal GenerationPlan Plan(GenerationRequest request, long freeBytes)
    {
        GenerationSettings settings = RequestResolver.Resolve(request, model);
        ReadStart(request.InitLatents, settings);
        OutputChecks.Check("save-latents", request.SaveLatents);
        OutputChecks.Check("trace", request.Trace);
        OutputChecks.CheckApart("trace", request.Trace, "save-latents", request.SaveLatents);
        return Planner.Plan(settings, model, freeBytes);
    }

    private (float[] Values, Shape Shape)? ReadStart(string? path, GenerationSettings settings)
    {
        if (path is null)
            return null;
        (float[] values, Shape shape) = LatentFile.Read("init-latents", path);
        Shape needed = Planner.LatentShape(settings, model);
        return shape == needed
            ? (values, shape)
            : throw new RequestException("init-latents", $"{path} holds latents {shape}, {settings.Frames} frames of {settings.Width}×{settings.Height} need {needed}.");
    }
}
