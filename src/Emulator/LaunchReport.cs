namespace CogVideoX.Emulator;

/// <summary>How a launch ended.</summary>
/// <param name="Fault">the first thing wrong with it; null if it ran to its end</param>
/// <param name="Counters">counts up to there</param>
/// <param name="FileNames">files of .file by number, for <see cref="SourceLocation"/></param>
public sealed record LaunchReport(Fault? Fault, LaunchCounters Counters, IReadOnlyDictionary<int, string> FileNames);
