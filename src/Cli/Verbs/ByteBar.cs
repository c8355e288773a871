using Spectre.Console;

namespace CogVideoX.Cli.Verbs;

/// <summary>A bar that counts bytes: <c>1.20 of 13.77 GB</c>.</summary>
internal sealed class ByteBar(ProgressTask task, ProgressLine line) : IProgress<(long Done, long Total)>
{
    public void Report((long Done, long Total) value)
    {
        task.MaxValue = value.Total;
        task.Value = value.Done;
        line.Set(task, FormattableString.Invariant($"{value.Done / 1e9:F2} of {value.Total / 1e9:F2} GB"));
    }
}
