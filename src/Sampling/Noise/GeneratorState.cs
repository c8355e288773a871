namespace CogVideoX.Sampling;

/// <summary>Where a <see cref="TorchGenerator"/> is in its stream of numbers.</summary>
/// <param name="Seed">The seed that it began with; it changes nothing any more.</param>
/// <param name="Words">The 624 words of mt19937.</param>
/// <param name="Used">How many of them were drawn, 0 to 624.</param>
/// <param name="KeptNormal">The second of a pair of normal numbers of which the first was drawn; null for none.</param>
public sealed record GeneratorState(ulong Seed, IReadOnlyList<uint> Words, int Used, double? KeptNormal);
