namespace CogVideoX.Emulator;

/// <summary>How a launch ended.</summary>
/// <param name="Fault">the first thing wrong with it; null if it ran to its end</param>
/// <param name="Counters">counts up to there</param>
/// <param name="FileNames">files of .file by number, for <see cref="SourceLocation"/></param>
public sealed record LaunchReport(Fault? Fault, LaunchCounters Counters, IReadOnlyDictionary<int, string> FileNames)
{
    /// <summary>CTAs of the grid.</summary>
    public long Ctas { get; init; }

    /// <summary>Those of them that ran, and are counted (<see cref="LaunchOptions.SampledCtas"/>).</summary>
    public long SampledCtas { get; init; }

    /// <summary>What printf wrote, line by line, in the order in which it was written.</summary>
    public IReadOnlyList<string> Printed { get; init; } = [];

    /// <summary>Calls of printf whose text isn't there: a launch's text has at most 1 MiB, as on the device.</summary>
    public long DroppedPrints { get; init; }
}
