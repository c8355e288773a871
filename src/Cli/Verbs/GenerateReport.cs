using System.Text.Json.Nodes;

namespace CogVideoX.Cli.Verbs;

/// <summary>What <c>generate --json</c> prints of a video.</summary>
/// <param name="Output">The file, as a full path.</param>
/// <param name="Latents">The file that keeps its latents, as a full path, or null.</param>
/// <param name="Prompt">What it shows.</param>
/// <param name="NegativePrompt">What it doesn't.</param>
/// <param name="Seed">Where its noise began.</param>
/// <param name="Settings">Everything else that it was made with.</param>
/// <param name="Seconds">What each stage took; of the first video also what went before it, from the start of the program.</param>
/// <param name="PeakMemoryBytes">The most memory that the process has held so far, mapped weights included.</param>
internal sealed record GenerateReport(
    string Output, string? Latents, string Prompt, string NegativePrompt, ulong Seed, IReadOnlyDictionary<string, JsonNode?> Settings,
    IReadOnlyDictionary<string, double> Seconds, long PeakMemoryBytes);
