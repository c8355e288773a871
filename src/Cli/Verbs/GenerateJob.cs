using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>One video of a <c>generate</c> command.</summary>
/// <param name="Request">What to make.</param>
/// <param name="Output">Where it goes.</param>
/// <param name="IsNamed">Whether the user named it; a name that nobody chose gives way to a file that is there already.</param>
/// <param name="Line">The line of the prompt file that its prompt is from; null where it is from the command line.</param>
/// <param name="SeedWrapped">Whether its seed is past the largest number, and so small again.</param>
internal sealed record GenerateJob(GenerationRequest Request, string Output, bool IsNamed, int? Line, bool SeedWrapped)
{
    /// <summary>Every file that it writes, with the option that names it.</summary>
    public IEnumerable<(string Option, string Path)> Files =>
        new[] { ("--output", Output), ("--save-latents", Request.SaveLatents), ("--trace", Request.Trace) }
            .Where(file => file.Item2 is not null).Select(file => (file.Item1, file.Item2!));
}
