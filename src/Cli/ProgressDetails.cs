using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CogVideoX.Cli;

/// <summary>The last column of the progress display, so that what changes in length moves nothing else.</summary>
internal sealed class ProgressDetails : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string> texts = new(); // drawn by another thread than the one that computes

    protected override bool NoWrap => true;

    public void Set(ProgressTask task, string text) => texts[task.Id] = text;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(texts.GetValueOrDefault(task.Id, "")) { Overflow = Overflow.Ellipsis };
}
