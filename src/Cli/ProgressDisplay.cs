using CogVideoX.Pipelines;
using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Bars for the stages of a run: stage, step of steps, time a step, time left. Nothing where nobody looks.</summary>
internal static class ProgressDisplay
{
    private const int LongestName = 6; // encode, sample, decode

    public static T Run<T>(Terminal terminal, Func<IProgress<GenerationProgress>?, T> work)
    {
        if (!terminal.ShowsProgress)
            return work(null);
        var line = new ProgressLine();
        return terminal.Draw([line], context => work(new Bars(context, line)));
    }

    private sealed class Bars(ProgressContext context, ProgressLine line) : IProgress<GenerationProgress>
    {
        private readonly Dictionary<string, ProgressTask> bars = [];

        public void Report(GenerationProgress progress)
        {
            if (!bars.TryGetValue(progress.Stage, out ProgressTask? bar))
                bars[progress.Stage] = bar = context.AddTask(progress.Stage.PadRight(LongestName), maxValue: 1);
            bar.Value = progress.Fraction;
            line.Set(bar, Describe(progress), Describe(progress, brief: true));
        }
    }

    /// <summary><c>step 3/50 · 1.2 s a step · 56.4 s left</c>; of a finished stage what it took.</summary>
    /// <param name="progress">Where the stage stands.</param>
    /// <param name="brief">For narrow terminals: <c>3/50 · 56.4 s left</c>.</param>
    internal static string Describe(GenerationProgress progress, bool brief = false)
    {
        bool done = progress.Fraction >= 1;
        var parts = new List<string>();
        if (progress.Steps > 1 && !(done && brief))
        {
            string at = $"{Math.Min(progress.Step + 1, progress.Steps)}/{progress.Steps}";
            parts.Add(done ? Counted.Of(progress.Steps, "step") : brief ? at : $"step {at}");
        }
        if (progress.Steps > 1 && !brief && progress.PerStep is { } step)
            parts.Add($"{Duration(step)} a step");
        if (done)
            parts.Add(Duration(progress.Elapsed));
        else if (progress.Remaining is { } left)
            parts.Add($"{Duration(left)} left");
        return string.Join(" · ", parts);
    }

    /// <summary><c>25 ms</c>, <c>1.2 s</c>, <c>1 min 39 s</c>, <c>1 h 23 min</c>.</summary>
    internal static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.0995 => FormattableString.Invariant($"{time.TotalMilliseconds:F0} ms"),
        < 59.95 => FormattableString.Invariant($"{time.TotalSeconds:F1} s"),
        < 60 => "1 min 0 s",
        < 3600 => FormattableString.Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };
}
