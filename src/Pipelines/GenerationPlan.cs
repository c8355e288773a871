namespace CogVideoX.Pipelines;

/// <summary>What a request will do and take, known before anything heavy starts.</summary>
/// <param name="Settings">Everything decided, tiling included.</param>
/// <param name="Stages">What each stage takes.</param>
/// <param name="FreeBytes">Memory that was free when the plan was made.</param>
/// <param name="Warnings">What the user should know, such as a prompt that is cut.</param>
public sealed record GenerationPlan(GenerationSettings Settings, IReadOnlyList<StagePlan> Stages, long FreeBytes, IReadOnlyList<string> Warnings);
