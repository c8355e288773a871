using CogVideoX.Pipelines;
using Spectre.Console;

namespace CogVideoX.Cli;

/// <summary>Bars for the stages of a run: stage, step of steps, time a step, time left. Nothing where nobody looks.</summary>
internal static class ProgressDisplay
{
    public static T Run<T>(Terminal terminal, Func<IProgress<GenerationProgress>?, T> work)
    {
        if (!terminal.ShowsProgress)
            return work(null);
        return terminal.Drawing.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context => work(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<GenerationProgress>
    {
        private readonly Dictionary<GenerationStage, ProgressTask> bars = [];

        public void Report(GenerationProgress progress)
        {
            if (!bars.TryGetValue(progress.Stage, out ProgressTask? bar))
                bars[progress.Stage] = bar = context.AddTask(progress.Stage.ToString(), maxValue: 1);
            bar.Value = progress.Fraction;
            bar.Description = Describe(progress);
        }
    }

    internal static string Describe(GenerationProgress progress)
    {
        string text = progress.Stage.ToString().ToLowerInvariant();
        if (progress.Steps > 1)
            text += FormattableString.Invariant($" · step {progress.Step}/{progress.Steps}");
        if (progress.Steps > 1 && progress.PerStep is { } step)
            text += $" · {Duration(step)} a step";
        if (progress.Remaining is { } left && progress.Fraction < 1)
            text += $" · {Duration(left)} left";
        return text;
    }

    internal static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => FormattableString.Invariant($"{time.TotalSeconds:F1} s"),
        < 3600 => FormattableString.Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };
}
