using System.Diagnostics;
using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>Runs the steps of a sampler.</summary>
public static class Sampler
{
    /// <summary>From noise to clean latents.</summary>
    /// <param name="ops">Where to compute. Of each step nothing outlives it but the latents and the sampler's history.</param>
    /// <param name="sampler">The rule of a step, fresh or restored.</param>
    /// <param name="start">Latents at the first timestep; left as they are.</param>
    /// <param name="denoise">
    /// The model. It may throw <see cref="OperationCanceledException"/> for the token, so as to stop within a step.
    /// </param>
    /// <param name="afterStep">Called after each step.</param>
    /// <param name="firstStep">
    /// Where to begin: later than 0 for latents that aren't pure noise (<see cref="Strength.FirstStep"/>), or in a run that goes on
    /// (<see cref="SamplingState"/>).
    /// </param>
    /// <param name="cancellation">
    /// Stops the run. That isn't an exception here, since what was computed so far is worth keeping: see <see cref="SamplingResult"/>.
    /// Where <see cref="Ops.Cancellation"/> is the same token, it stops within an operation.
    /// </param>
    /// <exception cref="SamplingException">Latents that aren't finite, naming the step; a first step that doesn't exist.</exception>
    public static SamplingResult Run(
        Ops ops,
        ISampler sampler,
        Tensor start,
        Denoiser denoise,
        Action<SamplingStep>? afterStep = null,
        int firstStep = 0,
        CancellationToken cancellation = default)
    {
        StepOrder.CheckIndex(firstStep, sampler.Levels.Count);
        using MemoryScope run = ops.Scope();
        var model = new DenoisedSteps(ops, sampler, denoise);
        Tensor latents = start;
        for (int index = firstStep; index < sampler.Levels.Count; index++)
        {
            long began = Stopwatch.GetTimestamp();
            if (!TryStep(ops, sampler, model, latents, index, cancellation, out Tensor next))
                return new SamplingResult(run.Keep(latents), index, IsCancelled: true);
            if (index > firstStep)
                ops.Memory.Release(latents);
            latents = next;
            afterStep?.Invoke(
                new SamplingStep(sampler.Levels[index], sampler.Levels.Count, latents, Stopwatch.GetElapsedTime(began)));
        }
        return new SamplingResult(run.Keep(latents), sampler.Levels.Count, IsCancelled: false);
    }

    /// <summary>Clean latents brought to the noise level of a step, from which a run can begin there: √ᾱ·x₀ + √(1−ᾱ)·ε.</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="sampler">The rule of the run.</param>
    /// <param name="clean">x₀: latents of a video.</param>
    /// <param name="noise">ε: normal numbers of the same shape.</param>
    /// <param name="firstStep">Where the run begins (<see cref="Strength.FirstStep"/>).</param>
    /// <exception cref="SamplingException">No such step.</exception>
    public static Tensor AddNoise(Ops ops, ISampler sampler, Tensor clean, Tensor noise, int firstStep)
    {
        StepOrder.CheckIndex(firstStep, sampler.Levels.Count);
        NoiseLevel level = sampler.Levels[firstStep];
        return ops.LinearCombination(((float)level.Signal, clean), ((float)level.Noise, noise));
    }

    private static bool TryStep(
        Ops ops, ISampler sampler, DenoisedSteps model, Tensor latents, int index, CancellationToken cancellation, out Tensor next)
    {
        next = default;
        if (cancellation.IsCancellationRequested)
            return false;
        try
        {
            Tensor output = model.Denoise(latents, index);
            next = sampler.Step(latents, output, index);
            CheckFinite(ops, next, output, sampler.Levels[index], sampler.Levels.Count);
            ops.Memory.Release(output);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Stops a run at the first step that gives a number that isn't one, rather than at the end with a black video.</summary>
    private static void CheckFinite(Ops ops, Tensor latents, Tensor output, NoiseLevel level, int steps)
    {
        long bad = ops.CountNotFinite(latents);
        if (bad == 0)
            return;
        string step = $"step {level.Index + 1} of {steps} (timestep {level.Time})";
        string source = ops.CountNotFinite(output) > 0 ? "the model's output holds such numbers already" : "the model's output is finite";
        throw new SamplingException(
            $"sampling: after {step} {bad} of {latents.Count} latents are NaN or infinite; {source}. "
            + "The weights may be damaged, or what the run began from too large.");
    }

    /// <summary>
    /// The model's part of the steps. They are alike: a dry run goes through one of them and counts the others. Where work is recorded, the
    /// first runs as it is, the second makes the recording, and from the third on they are alike.
    /// </summary>
    private sealed class DenoisedSteps
    {
        private const int RecordedKinds = 3;

        private readonly Ops ops;
        private readonly ISampler sampler;
        private readonly Denoiser denoise;
        private readonly PlannedParts<int> parts;
        private readonly Func<Tensor> compute; // made once: a step after the first allocates nothing
        private Tensor latents;
        private int index, asked;

        public DenoisedSteps(Ops ops, ISampler sampler, Denoiser denoise)
        {
            this.ops = ops;
            this.sampler = sampler;
            this.denoise = denoise;
            parts = new PlannedParts<int>(ops);
            compute = Compute;
        }

        public Tensor Denoise(Tensor x, int step)
        {
            (latents, index) = (x, step);
            int kind = ops.CanRecord ? Math.Min(asked++, RecordedKinds - 1) : 0;
            return parts.Get(kind, compute);
        }

        private Tensor Compute()
        {
            using MemoryScope step = ops.Scope();
            double scale = sampler.InputScale(index);
            Tensor input = scale == 1 ? latents : ops.Scale(latents, (float)scale);
            return step.Keep(denoise(input, sampler.Levels[index]));
        }
    }
}
