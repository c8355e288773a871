using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Writes the state of a run after each step. It is whole under its name or not there, so that a program that is killed leaves the last
/// one. A disk that is full doesn't end the run: the next step tries again.
/// </summary>
internal sealed class StateKeeper
{
    private readonly RunState run;
    private readonly string path;
    private readonly ISampler sampler;
    private readonly GenerationMetadata metadata;
    private readonly RunPlace place;
    private readonly KeptTensor? imageLatents;

    private StateKeeper(RunState run, string path, ISampler sampler)
    {
        (this.run, this.path, this.sampler) = (run, path, sampler);
        ComputeType? compute = ComputeOptions.TypeOf(run.Ops.Products);
        metadata = run.Files.Describe?.Invoke(run.Settings)
            ?? run.Settings.ToMetadata(run.Model.Name, loras: run.Model.Loras.Named, compute: compute, parts: run.Model.Parts);
        bool usesEncoder = run.Text?.AreAllOf(run.Settings) != true;
        place = new RunPlace(run.Model.Fingerprint(usesEncoder), run.Ops.ActivationType, run.Device)
        {
            Products = run.Ops.Products ?? CpuProducts.Fp32,
        };
        if (run.Conditions is { ImageLatents: { IsNone: false } image })
            imageLatents = new KeptTensor(image.ToFloats(), image.Shape);
    }

    /// <summary>Of a run whose files ask for it; null for another.</summary>
    public static StateKeeper? Of(RunState run, ISampler sampler) =>
        run.Files.KeepState is { } path ? new StateKeeper(run, path, sampler) : null;

    /// <summary>Called after each step, when the generator has drawn nothing of the next.</summary>
    public void Keep(in SamplingStep step)
    {
        var state = new ResumeState(run.Settings, metadata, SamplingState.Of(step, sampler, run.Generator), place)
        {
            ImageLatents = imageLatents,
            Text = run.Text,
        };
        try
        {
            StateFile.Write(path, state);
            (run.KeptState, run.StateProblem) = (path, null);
        }
        catch (OutputException exception)
        {
            run.StateProblem = exception.Message;
        }
    }
}
