namespace CogVideoX.Models.Weights;

/// <summary>A kind of tensors without which a model's results would be others.</summary>
/// <param name="What">What they are, as the object of a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
internal sealed record LostWeights(string What, string Remedy);
