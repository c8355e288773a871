using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>One video of a <c>generate</c> command.</summary>
/// <param name="Request">What to make.</param>
/// <param name="Output">Where it goes.</param>
/// <param name="Line">The line of the prompt file that its prompt is from; null where it is from the command line.</param>
internal sealed record GenerateJob(GenerationRequest Request, string Output, int? Line)
{
    /// <summary>Every file that it writes, with the option that names it.</summary>
    public IEnumerable<(string Option, string Path)> Files =>
        new[] { ("--output", Output), ("--save-latents", Request.SaveLatents), ("--trace", Request.Trace) }
            .Where(file => file.Item2 is not null).Select(file => (file.Item1, file.Item2!));
}
