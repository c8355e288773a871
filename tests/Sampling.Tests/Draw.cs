namespace CogVideoX.Sampling.Tests;

/// <summary>One call of torch.randn or torch.rand, and the key of the numbers that it gave.</summary>
internal sealed record Draw(string Key, bool IsNormal, int Count, NoiseType Type);
