using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>In which types the parts beside the transformer have their activations.</summary>
/// <param name="TextEncoder">F32, BF16 or F16.</param>
/// <param name="Vae">Likewise.</param>
internal readonly record struct PartTypes(DType TextEncoder, DType Vae)
{
    /// <summary>All as one.</summary>
    public PartTypes(DType all) : this(all, all) { }
}
