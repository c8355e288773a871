using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Where a block's attention is kept from evaluation to evaluation.</summary>
/// <param name="Attended">[B, S, D], what tokens gathered, before the output projection; or none</param>
/// <param name="IsReused">Whether it is used as it is; otherwise it is computed, and written there.</param>
internal readonly record struct KeptAttention(Tensor Attended, bool IsReused);
