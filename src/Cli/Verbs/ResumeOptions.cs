using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>What <c>--keep-state</c> and <c>--resume</c> come to.</summary>
internal static class ResumeOptions
{
    public const string Name = "--resume";

    /// <summary>The state to go on from.</summary>
    /// <exception cref="UsageException">It can't be read, or an option stands beside it that asks for another run.</exception>
    public static ResumeState Load(ParseResult parsed, GenerateOptions options, string file)
    {
        foreach (Option other in new Option[] { options.From, options.PromptFile, options.NumVideos, options.Generator })
        {
            if (parsed.GetResult(other) is { Implicit: false })
                throw new UsageException(other.Name, $"{Name} goes on with the one run of {file}; leave one of the two out.");
        }
        try
        {
            return ResumeState.Load(file);
        }
        catch (RequestException exception)
        {
            throw new UsageException(Name, PropertyNames.InWordsOfOptions(exception.Problem), exception);
        }
    }

    /// <summary>The file for the state: a run that goes on keeps it where it was, unless another is named.</summary>
    public static string? KeepState(ParseResult parsed, GenerateOptions options) =>
        parsed.GetValue(options.KeepState) ?? parsed.GetValue(options.Resume);

    /// <summary>Removes the state of a run whose video is written.</summary>
    public static void Remove(Terminal terminal, string? file)
    {
        try
        {
            if (file is not null)
                File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            terminal.Warn($"{file} isn't needed any more and can't be removed: {exception.Message}");
        }
    }
}
