using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>One video of a <c>generate</c> command.</summary>
/// <param name="Request">What to make.</param>
/// <param name="Output">Where it goes; <see cref="StandardOutput"/> for Y4M there.</param>
/// <param name="Writing">How it is written.</param>
/// <param name="Line">The line of the prompt file that its prompt is from; null where it is from the command line.</param>
/// <param name="SeedWrapped">Whether its seed is past the largest number, and so small again.</param>
internal sealed record GenerateJob(GenerationRequest Request, string Output, VideoOptions Writing, int? Line, bool SeedWrapped)
{
    /// <summary>What stands for standard output.</summary>
    public const string StandardOutput = "-";

    public bool GoesToStandardOutput => Output == StandardOutput;

    /// <summary>The video's path, for names of files beside it.</summary>
    public string Stem => GoesToStandardOutput ? "video" : Output;

    /// <summary>Every file that it writes, with the option that names it.</summary>
    public IEnumerable<(string Option, string Path)> Files =>
        new[] { ("--output", GoesToStandardOutput ? null : Output), ("--save-latents", Request.SaveLatents), ("--trace", Request.Trace) }
            .Where(file => file.Item2 is not null).Select(file => (file.Item1, file.Item2!));
}
