namespace CogVideoX.Pipelines.Reports;

/// <summary>A part of a checkpoint that has no weights: a scheduler, a tokenizer, or one that isn't there.</summary>
/// <param name="Name">As <c>model_index.json</c> lists it.</param>
/// <param name="ClassName">Its class; null where the index leaves it out.</param>
/// <param name="Problem">Why it isn't there, as a sentence; null where it is.</param>
internal sealed record PartReport(string Name, string? ClassName, string? Problem);
