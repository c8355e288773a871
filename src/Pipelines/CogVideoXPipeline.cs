using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>
/// Words in, a video out (arXiv 2408.06072): prompts to embeddings, noise to latents, latents to frames; with a picture or a video in the
/// request, image or video to video. Use one object for several runs, since its weights stay mapped; runs that are begun at the same time
/// wait for each other, plans don't wait.
/// </summary>
/// <example><code>
/// using var pipeline = CogVideoXPipeline.Open("models/shapes");
/// GenerationResult result = pipeline.Generate(new GenerationRequest("a red circle moving left on a gray background"));
/// result.Save("circle.mp4");
/// </code></example>
public sealed class CogVideoXPipeline : IDisposable
{
    private readonly OpenModel opened;

    private CogVideoXPipeline(OpenModel opened) => this.opened = opened;

    /// <summary>Where it computes, for people.</summary>
    public string DeviceName => opened.Ops.DeviceName;

    /// <summary>The type of activations: the transformer's, and the other parts' that have none of their own.</summary>
    public DType ActivationType => opened.Ops.ActivationType;

    /// <summary>The type of the text encoder's activations.</summary>
    public DType TextEncoderType => opened.Parts.Types.TextEncoder;

    /// <summary>The type of the VAE's activations.</summary>
    public DType VaeType => opened.Parts.Types.Vae;

    /// <inheritdoc cref="GenerationSummary.CpuCompute"/>
    public ComputeType? CpuCompute => opened.CpuCompute;

    /// <summary>Whether the model goes on from a picture (<see cref="GenerationRequest.Image"/>), and needs one.</summary>
    public bool TakesImage => opened.Folder.Transformer.TakesImage;

    /// <summary>The checkpoint's folder.</summary>
    public string ModelPath => opened.Folder.Path;

    /// <inheritdoc cref="LoadedModel.Title"/>
    internal string ModelTitle => opened.Checkpoint.Title;

    /// <summary>What the adapters do that it was opened with, in their order.</summary>
    public IReadOnlyList<AppliedLora> Loras => opened.Checkpoint.Loras.Applied;

    /// <summary>
    /// Reads a checkpoint's configs; a large one takes no longer than a small one. Weights are mapped, and found to be missing or damaged,
    /// where they are first needed: by <see cref="Plan(GenerationRequest, GenerationFiles?, bool)"/>, which every run begins with.
    /// </summary>
    /// <param name="modelFolder">In the layout of Hugging Face: <c>model_index.json</c> and its parts.</param>
    /// <param name="threads">How many threads compute, up to 1024; 0 for one a processor. The video doesn't depend on it.</param>
    /// <param name="measure">Whether results tell what each kind of operation took (<see cref="StageTime.Operations"/>).</param>
    /// <exception cref="ModelException">Configs that are missing, damaged or don't fit together.</exception>
    /// <exception cref="ArgumentException">No folder is named, or a number of threads that can't be.</exception>
    public static CogVideoXPipeline Open(string modelFolder, int threads = 0, bool measure = false) =>
        Open(modelFolder, ComputeOptions.OnCpu(threads, measure));

    /// <summary>The same, on any device.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face: <c>model_index.json</c> and its parts.</param>
    /// <param name="compute">Where and how to compute.</param>
    /// <param name="loras">Adapters to run with; null for none. They are checked here, as far as reading each once.</param>
    /// <param name="parts">Parts that come from elsewhere than the folder; null for none.</param>
    /// <exception cref="ModelException">
    /// Configs that are missing, damaged or don't fit together; weights, too, where the type of activations depends on them.
    /// </exception>
    /// <exception cref="ArgumentException">No folder is named.</exception>
    /// <exception cref="RequestException">
    /// The device has no forms for the type of activations, or there is no such type or number of threads; or an adapter is missing,
    /// damaged, of a kind that isn't supported, or of another model.
    /// </exception>
    /// <exception cref="DeviceException">The device can't be opened.</exception>
    public static CogVideoXPipeline Open(
        string modelFolder, ComputeOptions compute, LoraOptions? loras = null, PartSources? parts = null)
    {
        return new CogVideoXPipeline(OpenModel.Open(typeof(CogVideoXPipeline), modelFolder, compute, loras, parts));
    }

    /// <summary>
    /// A pipeline of a known architecture with random weights, made up on the device: for measurements. No files are needed.
    /// </summary>
    /// <param name="preset">Such as <c>2b</c>.</param>
    /// <param name="layers">Blocks of the transformer and of the text encoder; null for as many as the architecture has.</param>
    /// <param name="compute">Where and how to compute.</param>
    /// <exception cref="RequestException">
    /// No such preset, or layers that it doesn't have; or the device has no forms for the type of activations.
    /// </exception>
    /// <exception cref="DeviceException">The device can't be opened.</exception>
    internal static CogVideoXPipeline OpenRandom(string preset, int? layers, ComputeOptions compute) =>
        new(OpenModel.OpenRandom(typeof(CogVideoXPipeline), preset, layers, compute));

    /// <summary>
    /// Settings with what they leave open decided, as a plan would; nothing is run, and whether a picture or video is given is left aside.
    /// </summary>
    /// <param name="settings">With a prompt.</param>
    /// <exception cref="RequestException">A value that this model can't do.</exception>
    /// <exception cref="ModelException">A default of the folder's own that can't be.</exception>
    public GenerationSettings Decide(GenerationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        opened.Check();
        return opened.Checkpoint.Read(() => RequestResolver.Resolve(settings, opened.Checkpoint));
    }

    /// <summary>Whether the model was made for videos of so many frames.</summary>
    public bool Allows(int frames) => opened.Folder.FrameRule.Allows(frames);

    /// <summary>The size that the model can do which is nearest to another.</summary>
    internal PixelSize NearestSize(PixelSize size) => SizeRules.Nearest(size, opened.Folder);

    /// <summary>Decides what a request leaves open and runs it dry. Nothing heavy runs, and no other run is waited for.</summary>
    /// <param name="request">What to show and how.</param>
    /// <param name="files">What to write beside the video; checked, not written.</param>
    /// <param name="streams">Whether the frames will go to a sink, rather than be collected.</param>
    /// <exception cref="RequestException">What can't be done, and what could.</exception>
    /// <exception cref="ModelException">Weights that are missing or damaged, or a default of the folder's own that can't be.</exception>
    public GenerationPlan Plan(GenerationRequest request, GenerationFiles? files = null, bool streams = false)
    {
        opened.Compute.CheckPartTypes(opened.Ops.ActivationType);
        return Plan(request, files ?? GenerationFiles.None, streams, opened.Device, opened.MemoryBytes);
    }

    /// <summary>The same for a device that needn't be there, whose memory is empty but for what this takes of it.</summary>
    /// <exception cref="RequestException">What can't be done there, and what could.</exception>
    /// <exception cref="ModelException">Weights that are missing or damaged.</exception>
    public GenerationPlan Plan(GenerationRequest request, DeviceSpec device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Plan(request, GenerationFiles.None, streams: true, device, device.MemoryBytes);
    }

    /// <summary>Makes a video, and keeps its frames.</summary>
    /// <inheritdoc cref="Generate(GenerationRequest, IFrameSink, GenerationFiles?, IProgress{GenerationProgress}?, CancellationToken)"/>
    public GenerationResult Generate(
        GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default) =>
        Generate(request, GenerationFiles.None, progress, cancellation);

    /// <summary>Makes a video, keeps its frames, and writes files beside it.</summary>
    /// <inheritdoc cref="Generate(GenerationRequest, IFrameSink, GenerationFiles?, IProgress{GenerationProgress}?, CancellationToken)"/>
    public GenerationResult Generate(
        GenerationRequest request, GenerationFiles files, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        FrameCollector? frames = null;
        GenerationSummary run = Exclusively(request, files, progress, streams: false, Collector, cancellation);
        return new GenerationResult(frames!.ToFrames(), run);

        IFrameSink Collector(GenerationPlan plan) => frames = new FrameCollector(plan.Video.Count, plan.Video.Height, plan.Video.Width);
    }

    /// <summary>
    /// Makes a video whose frames go to a sink as they are decoded: it is never held as a whole, unless it is decoded in tiles.
    /// </summary>
    /// <param name="request">What to show and how.</param>
    /// <param name="sink">Takes the frames. It isn't completed or disposed here.</param>
    /// <param name="files">What to write beside the video.</param>
    /// <param name="progress">Told how far the run is, many times a step, on the thread that runs.</param>
    /// <param name="cancellation">Stops the run within a step, or its waiting for another one.</param>
    /// <exception cref="RequestException">Found before anything heavy started.</exception>
    /// <exception cref="ModelException">Weights that are missing or damaged; found before anything heavy started.</exception>
    /// <exception cref="CancelledException">Stopped; the latents of the last step are saved if <paramref name="files"/> say so.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite (in which stage and step), or no memory left.</exception>
    /// <exception cref="SinkException">The sink failed; the latents are in the exception.</exception>
    /// <exception cref="Media.OutputException">A file of <paramref name="files"/> couldn't be written.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed before.</exception>
    public GenerationSummary Generate(
        GenerationRequest request, IFrameSink sink, GenerationFiles? files = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return Exclusively(request, files ?? GenerationFiles.None, progress, streams: true, _ => sink, cancellation);
    }

    /// <summary>Makes a video, and keeps its frames, on a thread of the pool.</summary>
    /// <inheritdoc cref="Generate(GenerationRequest, IFrameSink, GenerationFiles?, IProgress{GenerationProgress}?, CancellationToken)"/>
    public Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        opened.Check();
        return Task.Run(() => Generate(request, progress, cancellation), CancellationToken.None);
    }

    /// <summary>Cancels a run that is on, waits for its end, and gives threads and memory back.</summary>
    public void Dispose() => opened.Dispose();

    /// <summary>The checkpoint.</summary>
    internal ModelFolder Folder => opened.Folder;

    /// <summary>Sees the transformer's output of each step, for comparison with a reference.</summary>
    internal Action<int, Tensor>? OutputObserver { get; set; }

    /// <summary>Sees what stages compute, by the reference's names.</summary>
    internal Action<string, Tensor>? StageObserver { get; set; }

    /// <summary>How many tensors live now beside the models' weights; between runs there are none.</summary>
    internal int LiveTensors => opened.Ops.Memory.LiveCount;

    internal GenerationPlan Plan(GenerationRequest request, long freeBytes)
    {
        return Plan(request, GenerationFiles.None, streams: false, device: null, freeBytes);
    }

    // The stages run on the planning twin of a device; of this machine's CPU where none is given.
    private GenerationPlan Plan(GenerationRequest request, GenerationFiles files, bool streams, DeviceSpec? device, long memoryBytes)
    {
        ArgumentNullException.ThrowIfNull(request);
        opened.Check();
        request = TaskInputs.Settle(request, opened.Checkpoint);
        GenerationSettings settings = opened.Checkpoint.Read(() => RequestResolver.Resolve(request, opened.Checkpoint));
        CheckStart(request.InitLatents, settings);
        if (request.Resume is { } resume)
            ResumeCheck.Check(resume, settings, opened.Checkpoint, opened.Ops);
        files.Check();
        PreviewWriter.Check(files, settings, opened.Checkpoint);
        if (files.KeepState is not null && settings.Cache is { Kind: not StepCacheKind.None })
        {
            throw new RequestException(
                nameof(files.KeepState), "what a cache keeps between steps isn't in a state: leave the cache out, or the state.");
        }
        if (!streams)
            RefuseIfNoArrayHolds(settings);
        return opened.Checkpoint.Read(() =>
        {
            TaskPlanner.CheckSchedule(opened.Checkpoint);
            if (device is not null)
            {
                return WeightChoice.First(
                    opened.Checkpoint, opened.Compute.Weights, settings.VaeTiling,
                    way => Plan(request, settings, streams, device, device.MemoryBytes, way));
            }
            return opened.Compute.Weights == WeightPlacement.Auto
                ? Plan(request, settings, streams, device, memoryBytes, WeightWay.Resident)
                : throw new RequestException(
                    nameof(ComputeOptions.Weights),
                    "the CPU reads weights where their files are mapped, and there is nothing to choose; leave it out.");
        });
    }

    private GenerationPlan Plan(
        GenerationRequest request, GenerationSettings settings, bool streams, DeviceSpec? device, long memoryBytes, WeightWay way)
    {
        using Ops planning = opened.Planning(device);
        ModelParts planned = opened.PlannedParts(planning);
        planned.Place(way);
        using var state = new RunState(planned, settings, StageClock.Silent(planning))
        {
            Streams = streams,
            Video = request.Video,
            Resume = request.Resume,
            Text = request.GivenText,
        };
        IReadOnlyList<StagePlan> stages = TaskPlanner.Plan(GenerationTasks.Of(request, settings), state, memoryBytes, way.LetsGo);
        if (streams && state.Settings.VaeTiling == TilingMode.On)
            RefuseIfNoArrayHolds(settings);
        bool keeps = planning.HoldsWeights ? !way.LetsGo : TaskPlanner.HoldsAll(stages, memoryBytes);
        IReadOnlyList<string> warnings = PlanWarnings.Of(state.Settings, opened.Checkpoint, request.GivenText);
        if (request.Resume is { } resume && resume.Place.Device != HereName)
        {
            string begun = Quoted.Line(resume.Place.Device);
            warnings = [.. warnings, $"The run was begun on {begun}; on {HereName} the video may differ in its last bits."];
        }
        var plan = new GenerationPlan(state.Settings, stages, memoryBytes, warnings)
        {
            Device = device?.Description,
            KeepsTextEncoder = keeps,
            Weights = planning.HoldsWeights ? way.Placement : null,
            Way = way,
        };
        if (device is null)
            plan = plan with { KeptWeightsBytes = KeptWeights.Of(plan, opened.Checkpoint, opened.Ops) };
        return plan with { Notes = [.. opened.Checkpoint.Loras.Notes, .. TypeNotes(), .. NotesOf(plan)] };
    }

    private IEnumerable<string> TypeNotes() => opened.Checkpoint.WeightDtype == WeightType.Fp8
        ? ["Matrices of layers are 8-bit floats (fp8), as was asked for: the video is another than with the checkpoint's own."]
        : [];

    private IEnumerable<string> NotesOf(GenerationPlan plan)
    {
        if (plan.Weights is not null)
            return PlanNotes.Of(plan, isAsked: opened.Compute.Weights != WeightPlacement.Auto);
        return plan.KeepsTextEncoder || plan.Stages[0].WeightBytes == 0 ? [] : [PlanNotes.LetsGo(plan.Stages[0], plan.FreeBytes)];
    }

    // The number of threads is no part of it: the video doesn't depend on it.
    private string HereName => opened.Device?.Description ?? "cpu";

    private GenerationSummary Exclusively(
        GenerationRequest request, GenerationFiles files, IProgress<GenerationProgress>? progress, bool streams,
        Func<GenerationPlan, IFrameSink> sink, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return opened.Run(
            GenerationTasks.FromText[0].Name, token => Run(request, files, progress, streams, sink, token), cancellation);
    }

    private GenerationSummary Run(
        GenerationRequest request, GenerationFiles files, IProgress<GenerationProgress>? progress, bool streams,
        Func<GenerationPlan, IFrameSink> sink, CancellationToken cancellation)
    {
        GenerationPlan plan = Plan(request, files, streams);
        IFrameSink taker = sink(plan);
        taker.Expect(plan.Settings, plan.Video);
        using var stopping = new OpsCancellation(opened.Ops, cancellation);
        using Trace? trace = Trace.Of(files, plan.Settings, opened.Checkpoint);
        var clock = new StageClock(opened.Ops, progress, cancellation);
        using var state = new RunState(opened.Parts, plan.Settings, clock)
        {
            Start = request.InitLatents,
            Image = request.Image,
            Video = request.Video,
            Resume = request.Resume,
            Text = request.GivenText,
            Device = HereName,
            CheckFinite = opened.CheckFinite,
            Plan = plan,
            Sink = taker,
            Streams = streams,
            Files = files,
            Trace = trace,
            OutputObserver = OutputObserver,
            Observer = StageObserver,
        };
        try
        {
            opened.Parts.Place(plan.Way);
            TaskRun.Run(GenerationTasks.Of(request, plan.Settings), state, letsGo: !plan.KeepsTextEncoder);
        }
        finally
        {
            trace?.Complete(); // of a run that is stopped or fails, too: that is when one wants to look
        }
        return new GenerationSummary(opened.Checkpoint.Name, VideoLatents.Of(state.Latents), plan.Settings, clock.Times)
        {
            LatentsProblem = state.LatentsProblem,
            StateProblem = state.StateProblem,
            PreviewProblem = state.PreviewProblem,
            CpuCompute = opened.CpuCompute,
            Cache = state.CacheUse,
            Weights = plan.Weights,
            Graph = state.Graph,
            Loras = opened.Checkpoint.Loras.Named,
        };
    }

    private static void RefuseIfNoArrayHolds(GenerationSettings settings)
    {
        (int frames, int height, int width) = (settings.Frames.Decided(), settings.Height.Decided(), settings.Width.Decided());
        if (LatentShapes.FitsAnArray((frames, height, width)))
            return;
        throw new RequestException(
            nameof(GenerationSettings.Width),
            $"{frames} frames of {width}×{height} are more than one array can hold; choose a smaller size or fewer frames.");
    }

    private void CheckStart(VideoLatents? start, GenerationSettings settings)
    {
        if (start is null)
            return;
        Shape needed = LatentShapes.Of(settings, opened.Folder);
        int padding = LatentShapes.Padding(settings, opened.Folder);
        if (start.Shape != needed)
        {
            throw new RequestException(
                nameof(GenerationRequest.InitLatents),
                $"latents {start.Shape} don't fit: {settings.Frames} frames of {settings.Width}×{settings.Height} need {needed}"
                + (padding == 0
                    ? "."
                    : $", the first {padding} of them to fill whole patches of frames, dropped before decoding. "
                        + "To make a video anew from one that there is, give the video itself."));
        }
        if (!TensorPrimitives.IsFiniteAll(start.Values))
        {
            throw new RequestException(
                nameof(GenerationRequest.InitLatents), "the latents hold NaN or infinity; give numbers that are finite.");
        }
    }
}
