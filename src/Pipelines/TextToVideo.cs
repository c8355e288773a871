using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Words in, a video out (arXiv 2408.06072): prompts to embeddings, noise to latents, latents to frames. Use one object for several
/// runs, since its weights stay mapped; runs that are begun at the same time wait for each other, plans don't wait.
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
    private readonly ExclusiveUse use;

    private TextToVideo(LoadedModel model, Ops ops)
    {
        this.model = model;
        this.ops = ops;
        use = new ExclusiveUse(this, () =>
        {
            ops.Dispose();
            model.Dispose();
        });
    }

    /// <summary>The checkpoint's folder.</summary>
    public string ModelPath => model.Folder.Path;

    /// <summary>Reads a checkpoint's configs and maps its weights; a large one takes no longer than a small one.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face: <c>model_index.json</c> and its parts.</param>
    /// <param name="threads">How many threads compute, up to 1024; 0 for one a processor. The video doesn't depend on it.</param>
    /// <param name="measure">Whether results tell what each kind of operation took (<see cref="StageTime.Operations"/>).</param>
    /// <exception cref="ModelException">Configs or weights that are missing, damaged or don't fit together.</exception>
    /// <exception cref="ArgumentException">No folder is named, or a number of threads that can't be.</exception>
    public static TextToVideo Open(string modelFolder, int threads = 0, bool measure = false)
    {
        Ops ops = Ops.OnCpu(threads, measure);
        try
        {
            return new(LoadedModel.Open(modelFolder), ops);
        }
        catch
        {
            ops.Dispose();
            throw;
        }
    }

    /// <summary>Decides what a request leaves open and runs it dry. Nothing heavy runs, and no other run is waited for.</summary>
    /// <exception cref="RequestException">What can't be done, and what could.</exception>
    /// <exception cref="ModelException">Weights that are missing or damaged.</exception>
    public GenerationPlan Plan(GenerationRequest request) => Plan(request, SystemMemory.FreeBytes());

    /// <summary>Makes a video.</summary>
    /// <param name="request">What to show and how.</param>
    /// <param name="progress">Told how far the run is, many times a step, on the thread that runs.</param>
    /// <param name="cancellation">Stops the run within a step, or its waiting for another one.</param>
    /// <exception cref="RequestException">Found before anything heavy started.</exception>
    /// <exception cref="ModelException">Weights that are missing or damaged; found before anything heavy started.</exception>
    /// <exception cref="CancelledException">Stopped; the latents of the last step are saved if the request asked for them.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite (in which stage and step), or no memory left.</exception>
    /// <exception cref="Media.OutputException">A file that the request asks for couldn't be written.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed before.</exception>
    public GenerationResult Generate(
        GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return use.Run(token => Run(request, progress, token), cancellation);
        }
        catch (OperationCanceledException exception) when (exception is not CancelledException)
        {
            throw new CancelledException(GenerationStage.Encode, finishedSteps: 0, savedLatents: null); // before it began
        }
    }

    /// <summary>The same on a thread of the pool.</summary>
    public Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        use.Check();
        return Task.Run(() => Generate(request, progress, cancellation), CancellationToken.None);
    }

    /// <summary>Cancels a run that is on, waits for its end, and gives threads and memory back.</summary>
    public void Dispose() => use.Dispose();

    /// <summary>Sees the transformer's output of each step, for comparison with a reference.</summary>
    internal Action<int, Tensor>? OutputObserver { get; set; }

    /// <summary>How many tensors live now; between runs there are none.</summary>
    internal int LiveTensors => ops.Memory.LiveCount;

    internal GenerationPlan Plan(GenerationRequest request, long freeBytes)
    {
        ArgumentNullException.ThrowIfNull(request);
        use.Check();
        GenerationSettings settings = model.Read(() => RequestResolver.Resolve(request, model));
        ReadStart(request.InitLatents, settings);
        OutputChecks.Check(nameof(request.SaveLatents), request.SaveLatents);
        OutputChecks.Check(nameof(request.Trace), request.Trace);
        OutputChecks.CheckApart(nameof(request.Trace), request.Trace, nameof(request.SaveLatents), request.SaveLatents);
        return model.Read(() => Planner.Plan(settings, model, freeBytes));
    }

    private GenerationResult Run(GenerationRequest request, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        GenerationPlan plan = Plan(request);
        using var stopping = new OpsCancellation(ops, cancellation);
        using MemoryScope scope = ops.Scope();
        Tensor? start = ReadStart(request.InitLatents, plan.Settings) is { } noise ? ops.FromHost(noise.Values, noise.Shape) : null;
        return new Generation(model, ops, plan.Settings, new StageClock(ops, progress, cancellation)) { OutputObserver = OutputObserver }
            .Run(start, request.SaveLatents, request.Trace);
    }

    private (float[] Values, Shape Shape)? ReadStart(string? path, GenerationSettings settings)
    {
        if (path is null)
            return null;
        (float[] values, Shape shape) = LatentFile.Read(nameof(GenerationRequest.InitLatents), path);
        Shape needed = Planner.LatentShape(settings, model);
        return shape == needed
            ? (values, shape)
            : throw new RequestException(
                nameof(GenerationRequest.InitLatents),
                $"{path} holds latents {shape}, {settings.Frames} frames of {settings.Width}×{settings.Height} need {needed}.");
    }
}
