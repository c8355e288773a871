using CogVideoX.Models;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What stages hand to each other in one run, or in one plan. It owns the tensors in it: they are given back with it.</summary>
/// <param name="parts">The models, on the device that computes.</param>
/// <param name="settings">All decided; a plan may settle what depends on memory.</param>
/// <param name="clock">Times the stages, and stops them.</param>
internal sealed class RunState(ModelParts parts, GenerationSettings settings, StageClock clock) : IDisposable
{
    private readonly List<Tensor> owned = [];

    public ModelParts Parts => parts;

    public Ops Ops => parts.Ops;

    public LoadedModel Model => parts.Model;

    public GenerationSettings Settings { get; set; } = settings;

    public StageClock Clock => clock;

    /// <summary>What the run began from, or null for seeded noise.</summary>
    public VideoLatents? Start { get; init; }

    /// <summary>Where frames go as they are decoded; a plan has none.</summary>
    public IFrameSink? Sink { get; init; }

    /// <summary>Whether frames are let go as soon as they are handed out, rather than collected.</summary>
    public bool Streams { get; init; } = true;

    public GenerationFiles Files { get; init; } = GenerationFiles.None;

    /// <summary>The file of <see cref="GenerationFiles.Trace"/>; null where none is written.</summary>
    public Trace? Trace { get; init; }

    /// <summary>Sees the transformer's output of each step.</summary>
    public Action<int, Tensor>? OutputObserver { get; init; }

    /// <summary>What the run was planned to take; null in a plan itself.</summary>
    public GenerationPlan? Plan { get; init; }

    /// <summary>What the model is told, from the stages that encode.</summary>
    public Conditions? Conditions { get; private set; }

    /// <summary>[1, F, C, H, W], from sampling, or given; none before</summary>
    public Tensor Latents { get; private set; }

    /// <summary>Sampling steps that are done.</summary>
    public int FinishedSteps { get; set; }

    /// <summary>What a cache did in sampling; null where there was none.</summary>
    public StepCacheUse? CacheUse { get; set; }

    /// <summary>The file that holds <see cref="Latents"/>, or those of the last finished step; null where none does.</summary>
    public string? SavedLatents { get; set; }

    /// <summary>Why the latents that were to be kept couldn't be; null where nothing went wrong.</summary>
    public string? LatentsProblem { get; set; }

    /// <summary>The shape of the latents of the settings, [1, F, C, H, W].</summary>
    public Shape LatentShape => LatentShapes.Of(Settings, Model.Folder);

    /// <summary>Takes over conditions whose tensors no scope owns any more.</summary>
    public void Hand(Conditions conditions)
    {
        Conditions = conditions;
        Own(conditions.Text);
    }

    /// <summary>Takes over latents that no scope owns any more.</summary>
    public void Hand(Tensor latents)
    {
        Latents = latents;
        Own(latents);
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
