using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>What an adapter adds to the weight of a layer: factor · B·A (LoRA, arXiv 2106.09685, section 4.1).</summary>
/// <param name="A">[rank, inputs]</param>
/// <param name="B">[outputs, rank]</param>
/// <param name="Factor">The scale asked for times alpha / rank.</param>
internal readonly record struct LoraUpdate(Tensor A, Tensor B, float Factor);
