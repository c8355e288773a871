using CogVideoX.Models;
using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What stages hand to each other in one run, or in one plan. It owns the tensors in it: they are given back with it.</summary>
/// <param name="parts">The models, on the device that computes.</param>
/// <param name="settings">All decided; a plan may settle what depends on memory.</param>
/// <param name="clock">Times the stages, and stops them.</param>
internal sealed class RunState(ModelParts parts, GenerationSettings settings, StageClock clock) : IDisposable
{
    private const double OfsOfPictures = 2; // what the reference gives where a model asks for it

    private readonly List<Tensor> owned = [];
    private TorchGenerator? generator;

    public ModelParts Parts => parts;

    public Ops Ops => parts.Ops;

    public LoadedModel Model => parts.Model;

    public GenerationSettings Settings { get; set; } = settings;

    public StageClock Clock => clock;

    /// <summary>What the run began from, or null for seeded noise.</summary>
    public VideoLatents? Start { get; init; }

    /// <summary>Embeddings in place of a prompt, or null.</summary>
    public TextEmbeddings? Text { get; init; }

    /// <summary>The picture that the video goes on from, or null. A plan may do without.</summary>
    public StillImage? Image { get; init; }

    /// <summary>The video that another is made of, or null.</summary>
    public VideoClip? Video { get; init; }

    /// <summary>Where the run goes on; null where it begins.</summary>
    public ResumeState? Resume { get; init; }

    /// <summary>All noise of the run, in the order in which it is needed.</summary>
    public TorchGenerator Generator => generator ??= Resume is { } state
        ? new TorchGenerator(state.Sampling.Generator) { Row = Row }
        : new TorchGenerator(Settings.Seed ?? GenerationSettings.DefaultSeed) { Row = Row };

    private BatchRow Row => Settings.BatchRow is { } row ? new BatchRow(row, Settings.BatchSize.Decided()) : BatchRow.Single;

    /// <summary>Where frames go as they are decoded; a plan has none.</summary>
    public IFrameSink? Sink { get; init; }

    /// <summary>Whether frames are let go as soon as they are handed out, rather than collected.</summary>
    public bool Streams { get; init; } = true;

    public GenerationFiles Files { get; init; } = GenerationFiles.None;

    /// <summary>The file of <see cref="GenerationFiles.Trace"/>; null where none is written.</summary>
    public Trace? Trace { get; init; }

    /// <summary>Sees the transformer's output of each step.</summary>
    public Action<int, Tensor>? OutputObserver { get; init; }

    /// <summary>Sees what stages compute, by the reference's names.</summary>
    public Action<string, Tensor>? Observer { get; init; }

    /// <summary>When the transformer's blocks are looked at for numbers that aren't finite.</summary>
    public FiniteChecks CheckFinite { get; init; }

    /// <summary>Where it computes: <c>cpu</c>, or a device as it describes itself.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What the run was planned to take; null in a plan itself.</summary>
    public GenerationPlan? Plan { get; init; }

    /// <summary>What the model is told, from the stages that encode.</summary>
    public Conditions? Conditions { get; private set; }

    /// <summary>[1, F, H, W, 3] in −1 … 1, what is encoded; none where nothing is</summary>
    public Tensor Frames { get; private set; }

    /// <summary>[1, F, C, H, W], from sampling or encoding, or given; none before</summary>
    public Tensor Latents { get; private set; }

    /// <summary>Sampling steps that are done.</summary>
    public int FinishedSteps { get; set; }

    /// <summary>What a cache did in sampling; null where there was none.</summary>
    public StepCacheUse? CacheUse { get; set; }

    /// <summary>What of sampling was recorded; null where nothing was to be.</summary>
    public GraphRun? Graph { get; set; }

    /// <summary>The file that holds <see cref="Latents"/>, or those of the last finished step; null where none does.</summary>
    public string? SavedLatents { get; set; }

    /// <summary>Why the latents that were to be kept couldn't be; null where nothing went wrong.</summary>
    public string? LatentsProblem { get; set; }

    /// <summary>The file that holds the state after the last finished step; null where none does.</summary>
    public string? KeptState { get; set; }

    /// <summary>Why the state that was to be kept couldn't be after the last step; null where nothing went wrong.</summary>
    public string? StateProblem { get; set; }

    /// <summary>Why the preview stopped; null where nothing went wrong.</summary>
    public string? PreviewProblem { get; set; }

    /// <summary>[1, F, C, H, W]: what the run begins from, once it is noised; none where it begins from noise alone</summary>
    public Tensor VideoLatents { get; private set; }

    /// <summary>The shape of the latents that are sampled, [1, F, C, H, W].</summary>
    public Shape LatentShape => LatentShapes.Of(Settings, Model.Folder);

    /// <summary>How many of them are dropped in front before decoding.</summary>
    public int PaddedLatents => LatentShapes.Padding(Settings, Model.Folder);

    /// <summary>Sampled latents without those: the first ones, as the reference drops them.</summary>
    public Tensor WithoutPadding(Tensor latents) => PaddedLatents == 0
        ? latents
        : Ops.Slice(latents, 1, PaddedLatents, latents.Shape[1] - PaddedLatents);

    /// <summary>Takes over embeddings that no scope owns any more: [B, T, text width].</summary>
    public void HandText(Tensor text)
    {
        Conditions = (Conditions ?? new Conditions()) with { Text = text };
        Own(text);
    }

    /// <summary>Takes over the latents of a picture that no scope owns any more: [1, F, C, H, W].</summary>
    public void HandImage(Tensor latents)
    {
        double? ofs = Model.Folder.Transformer.OfsEmbedWidth is null ? null : OfsOfPictures;
        Conditions = (Conditions ?? new Conditions()) with { ImageLatents = latents, Ofs = ofs };
        Own(latents);
    }

    /// <summary>Takes over the latents of a video that no scope owns any more: [1, F, C, H, W].</summary>
    public void HandVideo(Tensor latents)
    {
        VideoLatents = latents;
        Own(latents);
    }

    /// <summary>Takes over latents that no scope owns any more.</summary>
    public void Hand(Tensor latents)
    {
        Latents = latents;
        Own(latents);
    }

    /// <summary>Takes over frames that no scope owns any more.</summary>
    public void HandFrames(Tensor frames)
    {
        Frames = frames;
        Own(frames);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in owned)
            Ops.Memory.Release(tensor);
        owned.Clear();
    }

    private void Own(Tensor tensor)
    {
        if (!tensor.IsNone)
            owned.Add(tensor);
    }

    /// <summary>The type that noise is drawn in.</summary>
    public NoiseType NoiseType => Settings.Dtype switch
    {
        NoiseDtype.Bf16 => NoiseType.BF16,
        NoiseDtype.Fp16 => NoiseType.F16,
        _ => NoiseType.F32,
    };
}
