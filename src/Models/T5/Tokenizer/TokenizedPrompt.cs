namespace CogVideoX.Models.T5;

/// <summary>A prompt as a row of ids for the T5 encoder.</summary>
/// <param name="Ids">[T] ids: the text's, <c>&lt;/s&gt;</c>, and <c>&lt;pad&gt;</c> to the end.</param>
/// <param name="Length">How many of <paramref name="Ids"/> come before the padding, <c>&lt;/s&gt;</c> included.</param>
/// <param name="Truncated">The end of the text that found no room, normalized; null if all of it is in <paramref name="Ids"/>.</param>
/// <param name="TruncatedTokens">How many ids found no room.</param>
public sealed record TokenizedPrompt(int[] Ids, int Length, string? Truncated, int TruncatedTokens);
