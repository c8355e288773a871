namespace CogVideoX.Pipelines.Reports;

/// <summary>A part of a checkpoint.</summary>
/// <param name="Name">Its folder: <c>transformer</c>, <c>vae</c>, …</param>
/// <param name="ClassName">Its class in <c>model_index.json</c>.</param>
/// <param name="Parameters">How many numbers its weights are.</param>
/// <param name="Bytes">Bytes of its weights.</param>
/// <param name="ParametersByType">How many numbers are stored in which type.</param>
/// <param name="Files">The files they are in.</param>
internal sealed record ComponentReport(
    string Name, string ClassName, long Parameters, long Bytes, IReadOnlyDictionary<string, long> ParametersByType,
    IReadOnlyList<string> Files);
