using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>One video of a <c>generate</c> command.</summary>
/// <param name="Request">What to make.</param>
/// <param name="Output">Where it goes.</param>
internal sealed record GenerateJob(GenerationRequest Request, string Output);
