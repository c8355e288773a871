namespace CogVideoX.Pipelines.Reports;

/// <summary>One thing that was looked for.</summary>
/// <param name="Name">What.</param>
/// <param name="IsGood">Whether nothing is lost.</param>
/// <param name="Found">What is there.</param>
/// <param name="Cost">What its absence costs, or null.</param>
internal sealed record SystemFinding(string Name, bool IsGood, string Found, string? Cost);
