namespace CogVideoX.Pipelines.Media;

/// <summary>The settings in a file can't be read. The message names the file, says what is wrong, and what would work.</summary>
public sealed class MetadataException(string problem, Exception? inner = null) : CogVideoXException(problem, inner);
