namespace CogVideoX.Pipelines.Conversion;

/// <summary>What a conversion made.</summary>
/// <param name="Path">The full path of the output.</param>
/// <param name="What">What it is: <c>a transformer</c>.</param>
/// <param name="Files">The files of a folder, or the one file, by their names below it.</param>
/// <param name="Notes">What was left out, decided or made up: a sentence each.</param>
/// <param name="Errors">What the types cost each layer of a transformer in one file, the worst first.</param>
/// <param name="Psnr">Decibels between two videos (<see cref="ConversionPsnr"/>); null where nobody asked, or the videos are equal.</param>
internal sealed record ConversionReport(
    string Path, string What, IReadOnlyList<string> Files, IReadOnlyList<string> Notes, IReadOnlyList<LayerError> Errors,
    double? Psnr = null);

/// <summary>What a type costs a layer.</summary>
/// <param name="Layer">Its name, such as <c>transformer_blocks.0.attn1.to_q</c>.</param>
/// <param name="Type">The type that its weight is written in.</param>
/// <param name="RelativeRms">√(Σ(written − read)² / Σread²) over all its numbers; 0 where none changed.</param>
internal sealed record LayerError(string Layer, string Type, double RelativeRms);
