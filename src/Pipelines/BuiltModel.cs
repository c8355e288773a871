using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>A model on a device.</summary>
/// <param name="Model">It.</param>
/// <param name="Weights">What was made for it beside the mapped files: to be released where it is let go.</param>
internal readonly record struct BuiltModel<TModel>(TModel Model, IReadOnlyList<Tensor> Weights);
