namespace CogVideoX.Pipelines;

/// <summary>What a cache did for a run.</summary>
/// <param name="Evaluations">How often the model was asked: once a step, of some samplers more often.</param>
/// <param name="Reusing">How many of those took a part of their result from one before.</param>
public sealed record StepCacheUse(int Evaluations, int Reusing);
