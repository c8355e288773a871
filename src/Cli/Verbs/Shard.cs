using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// One process's share of a list of videos: every n-th one. All processes list the same videos under the same names, so that they need
/// not know of each other, and what is there already is known to be done.
/// </summary>
/// <param name="Index">Which share, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Overwrites">Whether what is there is made anew.</param>
internal sealed record Shard(int Index, int Count, bool Overwrites)
{
    private const string Option = "--shard";
    private const int MostShards = 10_000;

    private static readonly string TilingName =
        GenerationSettings.All.Single(setting => setting.Property == nameof(GenerationSettings.VaeTiling)).Name;

    /// <summary>The share that the command line asks for; null where all videos are one process's.</summary>
    public static Shard? Read(ParseResult parsed, GenerateOptions options)
    {
        if (parsed.GetValue(options.Shard) is not { } text)
            return null;
        string[] parts = text.Split('/');
        bool isShare = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            & int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        if (!isShare || parts.Length != 2 || count is < 1 or > MostShards || index >= count)
        {
            throw new UsageException(
                Option, $"{Printable.Line(text)} is no share; write which of how many, counted from 0, such as 0/4, 1/4, 2/4, 3/4.");
        }
        if (parsed.GetValue(options.Resume) is not null)
            throw new UsageException(Option, "--resume goes on with one video; leave one of the two out.");
        if (parsed.GetValue(options.Output) == VideoFile.StandardOutput)
            throw new UsageException(Option, "standard output takes one video; name a file or a folder.");
        if (parsed.GetResult(options.Seed) is { Tokens: [{ Value: "random" }] })
            throw new UsageException("--seed", "each process would draw another one, so that none knew what is done; give a number.");
        return new Shard(index, count, parsed.GetValue(options.Overwrite));
    }

    /// <summary>The videos of this share. Names that nobody chose are kept to, rather than replaced by free ones.</summary>
    public IReadOnlyList<GenerateJob> Of(IReadOnlyList<GenerateJob> all) => [.. all.Where((_, i) => i % Count == Index).Select(job =>
        job.Writing.WhenTaken == WhenTaken.NextFreeName
            ? job with { Writing = job.Writing with { WhenTaken = Overwrites ? WhenTaken.Overwrite : WhenTaken.Refuse } }
            : job)];

    /// <summary>Those that aren't done: videos are whole or not there.</summary>
    /// <param name="jobs">Of this share.</param>
    /// <param name="pipeline">Decides what the settings leave open.</param>
    /// <param name="terminal">Told how many there are.</param>
    /// <exception cref="UsageException">A file of one's name is something else.</exception>
    public IReadOnlyList<GenerateJob> Undone(IReadOnlyList<GenerateJob> jobs, CogVideoXPipeline pipeline, Terminal terminal)
    {
        GenerateJob[] undone =
            [.. jobs.Where(job => Overwrites || !Path.Exists(job.Output) || !IsDone(job, pipeline))];
        terminal.Say($"share {Index}/{Count}: {Counted.Of(jobs.Count, "video")}, {jobs.Count - undone.Length} of them done already.");
        return undone;
    }

    private static bool IsDone(GenerateJob job, CogVideoXPipeline pipeline)
    {
        GenerationMetadata expected = job.Metadata(pipeline.Plan(job.Request, job.Files, streams: true).Settings, pipeline);
        try
        {
            if (Difference(VideoMetadata.Read(job.Output), expected, job.Request) is { } difference)
                throw Other(job, $"another video than this command makes: {difference}");
            return true;
        }
        catch (MetadataException exception)
        {
            throw Other(job, $"something else: {exception.Message}", exception);
        }
    }

    private static UsageException Other(GenerateJob job, string what, Exception? inner = null) => new(
        Option, $"{job.Output} is there, and is {what.TrimEnd('.')}. Take it away, choose another folder, or give --overwrite.", inner);

    private static string? Difference(GenerationMetadata found, GenerationMetadata expected, GenerationRequest request)
    {
        if (found.Prompt != expected.Prompt)
            return $"its prompt is \"{Printable.Line(found.Prompt)}\"";
        if (found.NegativePrompt != expected.NegativePrompt)
            return $"its negative prompt is \"{Printable.Line(found.NegativePrompt)}\"";
        if (found.Seed != expected.Seed)
            return $"its seed is {found.Seed}";
        foreach (string name in expected.Settings.Keys.Union(found.Settings.Keys))
        {
            bool isDecidedByMemory = name == TilingName && request.VaeTiling is null; // which machines differ in
            JsonNode? has = found.Settings.GetValueOrDefault(name), wanted = expected.Settings.GetValueOrDefault(name);
            if (!isDecidedByMemory && !JsonNode.DeepEquals(has, wanted))
                return $"its {name} is {Shown(has)}, and not {Shown(wanted)}";
        }
        return null;
    }

    private static string Shown(JsonNode? value) => value is null ? "not set" : Printable.Line(value.ToJsonString());
}
