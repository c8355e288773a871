using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a checkpoint is and what a request would take on it: the answer of <c>inspect</c>.</summary>
/// <param name="Path">The folder.</param>
/// <param name="PipelineClass">As in <c>model_index.json</c>.</param>
/// <param name="Release">The released model that it is by its architecture, or null.</param>
/// <param name="Unsupported">What it asks for that isn't supported yet; empty where it runs.</param>
/// <param name="Components">Its parts that have weights.</param>
/// <param name="Plan">What the request would take; null where it doesn't run.</param>
internal sealed record ModelReport(
    string Path, string PipelineClass, string? Release, IReadOnlyList<string> Unsupported, IReadOnlyList<ComponentReport> Components,
    GenerationPlan? Plan)
{
    /// <summary>Its other parts, as its index lists them.</summary>
    public IReadOnlyList<PartReport> OtherParts { get; init; } = [];

    /// <summary>Cards that can be planned for without having them.</summary>
    public static IReadOnlyList<string> Cards { get; } = [.. DeviceSpec.Cards.Select(card => card.Name)];

    /// <summary>Reads configs and headers; no weights.</summary>
    /// <param name="modelFolder">The checkpoint.</param>
    /// <param name="request">What to plan for.</param>
    /// <param name="gpu">
    /// The graphics card to plan for, one of <see cref="Cards"/>, or one of them with another memory (<c>4090:16GB</c>); null for this
    /// machine's CPU.
    /// </param>
    /// <param name="loras">Adapters to plan with; null for none.</param>
    /// <param name="compute">Where weights are to lie, and the type to compute in; null for where they fit and what is usual.</param>
    /// <param name="parts">Parts that come from elsewhere than the folder; null for none.</param>
    /// <exception cref="ModelException">Configs or weights that are missing, damaged or don't fit together.</exception>
    /// <exception cref="RequestException">
    /// What this model can't do, an adapter that can't be used with it, or a card that isn't known.
    /// </exception>
    public static ModelReport Read(
        string modelFolder, GenerationRequest request, string? gpu = null, LoraOptions? loras = null, ComputeOptions? compute = null,
        PartSources? parts = null)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        ArgumentNullException.ThrowIfNull(request);
        DeviceSpec? device = gpu is null ? null : DeviceSpec.Find(gpu) ?? throw new RequestException(
            nameof(gpu), $"{Quoted.Name(gpu)} is no card to plan for; choose one of {string.Join(", ", Cards)}, or one with another memory "
            + "as in 4090:16GB.");
        compute = (compute ?? ComputeOptions.Default) with { Threads = 1 };
        if (device is not null)
        {
            device = device with { Activations = TypeOn(device, compute.Compute) };
            compute = compute with { Compute = ComputeType.Usual }; // what opens is this machine's CPU
        }
        return ModelException.Guard(() => ReadFolder(modelFolder, request, device, loras, compute, parts));
    }

    private static DType TypeOn(DeviceSpec card, ComputeType asked) => asked switch
    {
        ComputeType.Fp32 => DType.F32,
        ComputeType.Bf16 => DType.BF16,
        ComputeType.Fp16 => DType.F16,
        ComputeType.Bf16Amx => throw new RequestException(
            nameof(ComputeOptions.Compute), $"bf16-amx is for a CPU, not for {card.Name}; choose fp32, bf16 or fp16."),
        _ => card.Activations,
    };

    private static ModelReport ReadFolder(
        string modelFolder, GenerationRequest request, DeviceSpec? device, LoraOptions? loras, ComputeOptions compute, PartSources? parts)
    {
        ModelFolder.CheckFolder(modelFolder);
        var index = ModelIndex.Read(modelFolder);
        ModelFolder? folder = ModelFolder.Knows(index.PipelineClass) ? ModelFolder.Open(modelFolder, parts?.Places) : null;
        ModelReport report = folder is not null
            ? ReadKnown(folder, request, device, loras, compute, parts)
            : new ModelReport(modelFolder, index.PipelineClass, null, [$"the pipeline {index.PipelineClass} is not supported"], [], null);
        ComponentReport[] components = [.. (folder?.Components() ?? index.Components()).Select(component => new ComponentReport(
            component.Name, component.ClassName, component.TotalParameters, component.Bytes,
            component.Parameters.ToDictionary(entry => entry.Key.Name, entry => entry.Value), component.Files))];
        var withWeights = components.Select(component => component.Name).ToHashSet();
        IEnumerable<ModelPart> others = index.Parts.Where(part => !withWeights.Contains(part.Name));
        return report with
        {
            Components = components,
            OtherParts = [.. others.Select(part => new PartReport(part.Name, part.ClassName, index.Problem(part)))],
        };
    }

    private static ModelReport ReadKnown(
        ModelFolder folder, GenerationRequest request, DeviceSpec? device, LoraOptions? loras, ComputeOptions compute, PartSources? parts)
    {
        IReadOnlyList<string> unsupported = folder.Unsupported();
        GenerationPlan? plan = null;
        if (unsupported.Count == 0)
        {
            using var pipeline = CogVideoXPipeline.Open(folder.Path, compute, loras, parts);
            request = BlankPicture.Into(request, folder);
            plan = device is null ? pipeline.Plan(request, streams: true) : pipeline.Plan(request, device);
        }
        return new ModelReport(folder.Path, folder.PipelineClass, ReleasedModels.NameOf(folder.Transformer), unsupported, [], plan);
    }
}
