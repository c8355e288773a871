using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>Whether a run can go on from a state: as the same run, on the same model.</summary>
internal static class ResumeCheck
{
    private const string Property = nameof(GenerationRequest.Resume);

    // What only decoding depends on, which is yet to come.
    private static readonly string[] Free = [nameof(GenerationSettings.Rate), nameof(GenerationSettings.VaeTiling)];

    /// <summary>The request with the state's settings.</summary>
    /// <exception cref="RequestException">It wants another run: another setting, by its name, or something else to begin from.</exception>
    public static GenerationRequest Settle(GenerationRequest request, ResumeState state)
    {
        foreach ((string name, bool isGiven) in new[]
        {
            (nameof(request.Image), request.Image is not null), (nameof(request.Video), request.Video is not null),
            (nameof(request.InitLatents), request.InitLatents is not null), (nameof(request.Embeds), request.Embeds is not null),
        })
        {
            if (isGiven)
                throw new RequestException(name, "the state of the run that goes on has what it began from; leave it out.");
        }
        foreach (Setting setting in GenerationSettings.All.Where(setting => !Free.Contains(setting.Property)))
        {
            object? given = setting.Of(request), kept = setting.Of(state.Settings);
            if (given is null || given.Equals(kept) || (setting.Property == nameof(request.Prompt) && given is ""))
                continue;
            string begun = kept is null ? "without" : $"with {Quoted.Name(setting.ToJson(state.Settings)!.ToString())}";
            throw new RequestException(
                setting.Property, $"the run was begun {begun}, and that can't change on the way; leave it out, or begin anew.");
        }
        return (GenerationRequest)request.Or(state.Settings) with { Prompt = state.Settings.Prompt };
    }

    /// <summary>To be called first: what another model can't do is no fault of the state's settings.</summary>
    /// <param name="state">Where the run stands.</param>
    /// <param name="model">What it is to go on with.</param>
    /// <exception cref="RequestException">Another model than it was begun with.</exception>
    public static void CheckModel(ResumeState state, LoadedModel model)
    {
        if (state.Place.Model == model.Fingerprint(state.Text?.AreAllOf(state.Settings) != true))
            return;
        string name = state.Metadata.Settings.TryGetValue(MetadataNames.Model, out var node) ? $"{node}" : "";
        throw new RequestException(
            Property,
            $"the run was begun with another model ({Quoted.Name(name)}): its configs, weights (or their type) or LoRAs are "
            + $"others than those of {model.Folder.Path}; name the one that it was begun with.");
    }

    /// <param name="state">Where the run stands.</param>
    /// <param name="settings">Its settings, decided and checked again.</param>
    /// <param name="model">What it is to go on with.</param>
    /// <param name="ops">Where it is to go on.</param>
    /// <exception cref="RequestException">Another type, or a state that no run of these settings had.</exception>
    public static void Check(ResumeState state, GenerationSettings settings, LoadedModel model, Ops ops)
    {
        DType activations = ops.ActivationType;
        CpuProducts products = ops.Products ?? CpuProducts.Fp32;
        if (state.Place.Activations != activations)
        {
            throw new RequestException(
                Property,
                $"the run was begun with activations in {state.Place.Activations}, and here they are in {activations}; take the same.");
        }
        if (state.Place.Products != products)
        {
            throw new RequestException(
                Property,
                $"the run was begun with products in {SettingValue.ToText(state.Place.Products)}, and here they are in "
                + $"{SettingValue.ToText(products)}; take the same ({nameof(ComputeOptions)}.{nameof(ComputeOptions.Compute)}).");
        }
        Shape needed = LatentShapes.Of(settings, model.Folder);
        CheckShape(state.Sampling.Latents, needed, "the latents");
        if (model.Folder.Transformer.TakesImage != state.ImageLatents is not null)
            throw Damaged("it and the model don't agree on whether there is a picture");
        if (state.ImageLatents is { } image)
            CheckShape(image, needed, "the latents of the picture");
        CheckSampler(state, settings, model);
    }

    // A dry run of what the real one will do.
    private static void CheckSampler(ResumeState state, GenerationSettings settings, LoadedModel model)
    {
        using Ops planning = Ops.Planning();
        try
        {
            var generator = new TorchGenerator(state.Sampling.Generator);
            var schedule = new NoiseSchedule(ScheduleOptions.From(model.Folder.Scheduler));
            ISampler sampler = SamplerTable.Of(settings.Sampler.Decided())
                .Make(planning, schedule, settings.Steps.Decided(), generator, NoiseType.F32);
            state.Sampling.Restore(planning, sampler);
            int first = settings.Strength is { } strength ? Strength.FirstStep(sampler, strength) : 0;
            if (state.NextStep <= first)
                throw Damaged($"it is before step {state.NextStep}, and the run began at {first}");
        }
        catch (SamplingException exception)
        {
            throw Damaged(exception.Message.TrimEnd('.'), exception);
        }
    }

    private static void CheckShape(KeptTensor tensor, Shape needed, string what)
    {
        if (tensor.Shape != needed)
            throw Damaged($"{what} in it are {tensor.Shape}, and its settings make {needed}");
    }

    private static RequestException Damaged(string problem, Exception? inner = null) =>
        new(Property, $"the state can't be gone on from: {problem}.", inner);
}
