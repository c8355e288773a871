using System.CommandLine;
using System.Text;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>The videos that a command asks for: prompts times videos of each, with the files that they go to.</summary>
internal static class GenerateJobs
{
    private const int MostVideos = 10_000, LongestName = 60;

    public static IReadOnlyList<GenerateJob> List(ParseResult parsed, GenerateOptions options, GenerationRequest request)
    {
        (string Text, int? Line)[] prompts = Prompts(parsed, options, request.Prompt);
        int each = parsed.GetValue(options.NumVideos) ?? 1;
        if (each is < 1 or > MostVideos)
            throw new UsageException("--num-videos", $"{each} videos can't be made; choose from 1 to {MostVideos}.");
        if ((long)prompts.Length * each > MostVideos)
            throw new UsageException("--prompt-file", $"{prompts.Length} prompts of {each} videos each are more than {MostVideos}; make them in several runs.");
        int count = prompts.Length * each;
        var jobs = new List<GenerateJob>(count);
        for (int i = 0; i < count; i++)
        {
            (string prompt, int? line) = prompts[i / each];
            string output = parsed.GetValue(options.Output) is { } given ? Numbered(given, i, count) : FreeName(prompt, jobs);
            jobs.Add(new GenerateJob(
                request with
                {
                    Prompt = prompt,
                    Seed = unchecked(request.Seed + (ulong)(i % each)),
                    SaveLatents = Numbered(parsed.GetValue(options.SaveLatents), i, count),
                    Trace = Numbered(parsed.GetValue(options.Trace), i, count),
                },
                output,
                line));
        }
        return jobs;
    }

    private static (string Text, int? Line)[] Prompts(ParseResult parsed, GenerateOptions options, string prompt)
    {
        if (parsed.GetValue(options.PromptFile) is not { } file)
            return [(prompt, null)];
        if (parsed.GetValue(options.Prompt) is not null)
            throw new UsageException("--prompt-file", "give either a prompt or a file of prompts, not both.");
        (string Text, int? Line)[] prompts;
        try
        {
            prompts = [.. File.ReadLines(file, new UTF8Encoding(false, throwOnInvalidBytes: true))
                .Select((text, index) => (text, (int?)index + 1)).Where(prompt => !string.IsNullOrWhiteSpace(prompt.text))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new UsageException("--prompt-file", $"{file} can't be read as UTF-8 text: {exception.Message}", exception);
        }
        return prompts.Length > 0 ? prompts : throw new UsageException("--prompt-file", $"{file} holds no prompt; write one a line.");
    }

    /// <summary><c>a.mp4</c> for one video; <c>a-01.mp4</c>, <c>a-02.mp4</c>, … for several.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(path))]
    internal static string? Numbered(string? path, int index, int count)
    {
        if (path is null || count == 1)
            return path;
        string number = (index + 1).ToString(new string('0', Math.Max(2, count.ToString().Length)));
        if (Path.EndsInDirectorySeparator(path))
            return $"{Path.TrimEndingDirectorySeparator(path)}-{number}/";
        string extension = Path.GetExtension(path);
        return $"{path[..^extension.Length]}-{number}{extension}";
    }

    // A name that nobody chose must not stand in the way of a second run.
    private static string FreeName(string prompt, List<GenerateJob> before)
    {
        string words = string.Join('-', prompt.ToLowerInvariant().Split([.. prompt.ToLowerInvariant().Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries));
        string stem = words.Length == 0 ? "video" : words.Length > LongestName ? words[..LongestName].TrimEnd('-') : words;
        string extension = VideoFormats.DefaultExtension();
        for (int i = 1; ; i++)
        {
            string name = i == 1 ? stem + extension : $"{stem}-{i}{extension}";
            if (!Path.Exists(name) && before.All(job => job.Output != name))
                return name;
        }
    }
}
