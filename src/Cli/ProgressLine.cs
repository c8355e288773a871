using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CogVideoX.Cli;

/// <summary>A stage on one line of whatever width: name, bar, percent, details. What is least needed goes first.</summary>
internal sealed class ProgressLine : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string[]> details = new(); // drawn by another thread than the one that computes

    protected override bool NoWrap => true;

    /// <param name="task">The stage.</param>
    /// <param name="texts">What stands behind the bar, from the longest to the shortest.</param>
    public void Set(ProgressTask task, params string[] texts) => details[task.Id] = texts;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Line(task, details.GetValueOrDefault(task.Id, []), deltaTime);

    /// <summary>How a line of a width is divided.</summary>
    /// <returns>The width of the bar, 0 for none, and the text behind it.</returns>
    internal static (int Bar, string Details) Fit(int width, string name, IReadOnlyList<string> texts)
    {
        const int Percent = 5, LongestBar = 24, ShortestBar = 8;
        int space = width - name.Length - Percent;
        if (texts.FirstOrDefault(text => space - text.Length - 2 >= ShortestBar) is { } beside)
            return (Math.Min(space - beside.Length - 2, LongestBar), beside);
        if (texts.FirstOrDefault(text => space > text.Length) is { } alone)
            return (0, alone);
        return (space > ShortestBar ? Math.Min(space - 1, LongestBar) : 0, "");
    }

    private sealed class Line(ProgressTask task, string[] texts, TimeSpan sinceLast) : Renderable
    {
        protected override Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            (int bar, string text) = Fit(maxWidth, task.Description, texts);
            yield return new Segment(task.Description);
            if (bar > 0)
            {
                yield return new Segment(" ");
                IRenderable drawn = new ProgressBarColumn { Width = bar }.Render(options, task, sinceLast);
                foreach (Segment part in drawn.Render(options, bar).Where(part => !part.IsLineBreak))
                    yield return part;
            }
            yield return new Segment(FormattableString.Invariant($" {(int)task.Percentage,3}%"));
            if (text.Length > 0)
                yield return new Segment($" {text}");
        }
    }
}
