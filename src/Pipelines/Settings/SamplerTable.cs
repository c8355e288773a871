using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>The samplers there are: the word that a user says, what each needs to be known for, and how it is made.</summary>
internal sealed record SamplerTable(SamplerKind Kind, string Word, SamplerTable.Factory Make)
{
    /// <summary>Makes a sampler of so many steps. Noise comes from the run's generator.</summary>
    public delegate ISampler Factory(Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator, NoiseType noiseType);

    // The one list. Words, options, refusals and notes follow from it.
    public static IReadOnlyList<SamplerTable> All { get; } =
    [
        new(SamplerKind.Ddim, "ddim", (ops, schedule, steps, _, _) => new DdimSampler(ops, schedule, steps)),
        new(SamplerKind.Dpm, "dpm", (ops, schedule, steps, generator, type) => new DpmSampler(ops, schedule, steps, generator, type))
        {
            DrawsNoise = true,
        },
        new(SamplerKind.Euler, "euler", (ops, schedule, steps, _, _) => new EulerSampler(ops, schedule, steps)),
        new(
            SamplerKind.EulerAncestral, "euler-ancestral",
            (ops, schedule, steps, generator, type) => new EulerAncestralSampler(ops, schedule, steps, generator, type))
        {
            DrawsNoise = true,
        },
        new(SamplerKind.Heun, "heun", (ops, schedule, steps, _, _) => new HeunSampler(ops, schedule, steps))
        {
            Evaluations = HeunSampler.Evaluations,
            FewestStepsFromZeroSnr = HeunSampler.FewestUsefulSteps,
        },
        new(SamplerKind.UniPc, "unipc", (ops, schedule, steps, _, _) => new UniPcSampler(ops, schedule, steps)),
        new(SamplerKind.Dpm2M, "dpm++2m", (ops, schedule, steps, _, _) => new Dpm2MSampler(ops, schedule, steps)),
        new(
            SamplerKind.Dpm2MSde, "dpm++2m-sde",
            (ops, schedule, steps, generator, type) => new Dpm2MSampler(ops, schedule, steps, generator, type))
        {
            DrawsNoise = true,
        },
        new(SamplerKind.Lcm, "lcm", (ops, schedule, steps, generator, type) => new LcmSampler(ops, schedule, steps, generator, type))
        {
            DrawsNoise = true,
            LargestSteps = LcmSampler.LargestSteps,
        },
    ];

    /// <summary>Whether it draws noise in its steps, so that seed and type of noise matter whatever the run begins from.</summary>
    public bool DrawsNoise { get; private init; }

    /// <summary>How often a run asks the model: of its steps, and whether it ends without noise.</summary>
    public Func<int, bool, int> Evaluations { get; private init; } = (steps, _) => steps;

    /// <summary>The most steps, where it has a limit of its own; then a model needs as many noise levels, too.</summary>
    public int? LargestSteps { get; private init; }

    /// <summary>With fewer steps than this it is worse than a simpler sampler, where a run begins with noise alone.</summary>
    public int FewestStepsFromZeroSnr { get; private init; }

    /// <exception cref="InvalidOperationException">Not one of them.</exception>
    public static SamplerTable Of(SamplerKind kind) => All.Single(entry => entry.Kind == kind);

    /// <summary>How often a run with these settings asks the model of a folder: with a video, from the level of its strength on.</summary>
    public static int EvaluationsOf(GenerationSettings settings, LoadedModel model)
    {
        int steps = settings.Steps.Decided();
        int all = Of(settings.Sampler.Decided()).Evaluations(steps, model.Folder.Scheduler.SetAlphaToOne);
        int skipped = settings.Strength is { } strength ? steps - Strength.StepsToRun(steps, strength) : 0;
        return all - skipped * (all > steps ? 2 : 1);
    }
}
