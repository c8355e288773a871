namespace CogVideoX.Pipelines.Media;

/// <summary>A picture or video can't be read. The message names the file, says what is wrong, and what would work.</summary>
public sealed class InputException(string problem, Exception? inner = null) : CogVideoXException(problem, inner);
