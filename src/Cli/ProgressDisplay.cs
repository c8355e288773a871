using CogVideoX.Pipelines;
using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Bars for the stages of a run: stage, step of steps, time a step, time left. Nothing where nobody looks.</summary>
internal static class ProgressDisplay
{
    private const int BarWidth = 24; // leaves room for the details on 80 columns

    public static T Run<T>(Terminal terminal, Func<IProgress<GenerationProgress>?, T> work)
    {
        if (!terminal.ShowsProgress)
            return work(null);
        var details = new ProgressDetails();
        return terminal.Drawing.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), details)
            .Start(context => work(new Bars(context, details)));
    }

    private sealed class Bars(ProgressContext context, ProgressDetails details) : IProgress<GenerationProgress>
    {
        private readonly Dictionary<GenerationStage, ProgressTask> bars = [];

        public void Report(GenerationProgress progress)
        {
            if (!bars.TryGetValue(progress.Stage, out ProgressTask? bar))
                bars[progress.Stage] = bar = context.AddTask(progress.Stage.ToString().ToLowerInvariant(), maxValue: 1);
            bar.Value = progress.Fraction;
            details.Set(bar, Describe(progress));
        }
    }

    /// <summary><c>step 3/50 · 1.2 s a step · 56.4 s left</c>; of a finished stage what it took.</summary>
    internal static string Describe(GenerationProgress progress)
    {
        bool done = progress.Fraction >= 1;
        var parts = new List<string>();
        if (progress.Steps > 1)
            parts.Add(done ? $"{progress.Steps} steps" : $"step {Math.Min(progress.Step + 1, progress.Steps)}/{progress.Steps}");
        if (progress.Steps > 1 && progress.PerStep is { } step)
            parts.Add($"{Duration(step)} a step");
        if (done)
            parts.Add(Duration(progress.Elapsed));
        else if (progress.Remaining is { } left)
            parts.Add($"{Duration(left)} left");
        return string.Join(" · ", parts);
    }

    internal static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => FormattableString.Invariant($"{time.TotalSeconds:F1} s"),
        < 3600 => FormattableString.Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };
}
