using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What the bits of a run depend on beside its settings.</summary>
/// <param name="Model">Which checkpoint and adapters: <see cref="LoadedModel.Fingerprint"/> of what it uses.</param>
/// <param name="Activations">The type of activations.</param>
/// <param name="Device"><c>cpu</c>, or a device as it describes itself.</param>
internal sealed record RunPlace(string Model, DType Activations, string Device)
{
    /// <summary>What a CPU multiplies in products; fp32 on another device, where the type of activations says it.</summary>
    public CpuProducts Products { get; init; }
}
