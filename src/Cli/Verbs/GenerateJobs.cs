using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>The videos that a command asks for: prompts times videos of each, with the files that they go to.</summary>
internal static class GenerateJobs
{
    private const int MostVideos = 10_000;
    private const string LatentsEnding = ".latents.safetensors";

    public static IReadOnlyList<GenerateJob> List(ParseResult parsed, GenerateOptions options, RequestReader asked)
    {
        (string Text, int? Line)[] prompts = PromptSource.Read(parsed, options, asked.Settings.Prompt ?? "");
        int each = parsed.GetValue(options.NumVideos) ?? 1;
        if (each is < 1 or > MostVideos)
            throw new UsageException("--num-videos", $"{each} videos can't be made; choose from 1 to {MostVideos}.");
        if ((long)prompts.Length * each > MostVideos)
        {
            throw new UsageException(
                "--prompt-file", $"{prompts.Length} prompts of {each} videos each are more than {MostVideos}; make them in several runs.");
        }
        int count = prompts.Length * each;
        string? output = parsed.GetValue(options.Output), folder = OutputFolder(parsed, options);
        CheckStandardOutput(parsed, options, count);
        VideoOptions writing = Writing(parsed, options, asked);
        RunInputs inputs = asked.Resume is null ? asked.Inputs : RunInputs.None;
        VideoLatents? start = inputs.InitLatents is { } latents ? Start(latents) : null;
        StillImage? image = InputOptions.LoadImage(inputs);
        TextEmbeddings? text = inputs.Embeds is { } embeds ? Text(embeds) : null;
        ulong firstSeed = asked.Settings.Seed ?? GenerationSettings.DefaultSeed;
        bool isShared = count > 1 && parsed.GetValue(options.Generator) == "one";
        var jobs = new List<GenerateJob>(count);
        var names = new HashSet<string>();
        for (int i = 0; i < count; i++)
        {
            (string prompt, int? line) = prompts[i / each];
            ulong seed = isShared ? firstSeed : unchecked(firstSeed + (ulong)(i % each));
            var given = new GenerationRequest(prompt)
            {
                Seed = seed,
                InitLatents = start,
                Image = image,
                Embeds = text,
                Resume = asked.Resume,
                BatchSize = isShared ? count : null,
                BatchRow = isShared ? i : null,
            };
            var single = (GenerationRequest)given.Or(asked.Settings);
            var files = new GenerationFiles
            {
                SaveLatents = Numbered(parsed.GetValue(options.SaveLatents), i, count),
                Trace = Numbered(parsed.GetValue(options.Trace), i, count),
                SaveEmbeds = Numbered(parsed.GetValue(options.SaveEmbeds), i, count),
                KeepState = Numbered(ResumeOptions.KeepState(parsed, options), i, count),
                Preview = Numbered(parsed.GetValue(options.Preview), i, count),
                PreviewMap = parsed.GetValue(options.PreviewMap),
            };
            string name = output is not null
                ? Numbered(output, i, count)
                : NameOf(folder ?? "", GenerateJob.TitleOf(prompt, asked.Inputs), seed, names);
            jobs.Add(new GenerateJob(single, asked.Inputs, files, name, writing, line, SeedWrapped: seed < firstSeed)
            {
                Loras = asked.Loras,
                Parts = asked.Parts,
            });
        }
        return jobs;
    }

    private static VideoOptions Writing(ParseResult parsed, GenerateOptions options, RequestReader asked)
    {
        // A name that nobody chose must not stand in the way of a second run.
        WhenTaken whenTaken = parsed.GetValue(options.Output) is null ? WhenTaken.NextFreeName
            : parsed.GetValue(options.Overwrite) ? WhenTaken.Overwrite
            : WhenTaken.Refuse;
        string?[] inputs =
        [
            parsed.GetValue(options.From), parsed.GetValue(options.Resume), asked.Inputs.InitLatents, asked.Inputs.Embeds,
            asked.Inputs.Image, asked.Inputs.Video, parsed.GetValue(options.PromptFile), parsed.GetValue(options.PreviewMap),
            .. asked.Loras.Adapters.Select(lora => lora.File),
            .. asked.Parts.Named.Select(part => part.Place).OfType<string>().SelectMany(PlaceOptions.FilesOf),
        ];
        return new VideoOptions
        {
            WhenTaken = whenTaken,
            Inputs = [.. inputs.OfType<string>().Where(path => path != PromptSource.StandardInput)],
            Encoding = new EncodingOptions
            {
                Quality = parsed.GetValue(options.Quality),
                Codec = CommonOptions.Choice<VideoCodec>(parsed, options.Codec),
            },
        };
    }

    private static VideoLatents Start(string file)
    {
        try
        {
            return VideoLatents.Load(file);
        }
        catch (RequestException exception)
        {
            throw new UsageException("--init-latents", exception.Problem, exception);
        }
    }

    private static TextEmbeddings Text(string file)
    {
        try
        {
            return TextEmbeddings.Load(file);
        }
        catch (RequestException exception)
        {
            throw new UsageException("--embeds", exception.Problem, exception);
        }
    }

    private static void CheckStandardOutput(ParseResult parsed, GenerateOptions options, int count)
    {
        if (parsed.GetValue(options.Output) != VideoFile.StandardOutput)
            return;
        if (count > 1)
            throw new UsageException("--output", "standard output takes one video; name a file for several.");
        if (parsed.GetValue(options.Json))
            throw new UsageException("--json", "standard output takes the video; name a file for it.");
        if (parsed.GetValue(options.Quality) is not null || parsed.GetValue(options.Codec) is not null)
            throw new UsageException("--output", "standard output takes Y4M, which isn't compressed; leave --quality and --codec out.");
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

    /// <summary>A free name for the latents of a video that nobody asked to keep.</summary>
    internal static string LatentsBeside(string output)
    {
        string video = Path.TrimEndingDirectorySeparator(output);
        string stem = video[..^Path.GetExtension(video).Length];
        for (int i = 1; ; i++)
        {
            string name = i == 1 ? stem + LatentsEnding : $"{stem}-{i}{LatentsEnding}";
            if (!Path.Exists(name))
                return name;
        }
    }

    private static string? OutputFolder(ParseResult parsed, GenerateOptions options)
    {
        if (parsed.GetValue(options.OutputDir) is not { } folder)
            return null;
        if (parsed.GetValue(options.Output) is not null)
        {
            throw new UsageException(
                "--output-dir", "give either a file (--output) or a folder for files that are named after their prompts, not both.");
        }
        if (File.Exists(folder))
            throw new UsageException("--output-dir", $"{folder} is a file; name a folder, or give --output to name the video.");
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException("--output-dir", $"the folder {folder} can't be made: {exception.Message}", exception);
        }
    }

    private static string NameOf(string folder, string prompt, ulong seed, HashSet<string> taken)
    {
        string stem = Path.Combine(folder, $"{FileNames.FromPrompt(prompt)}-{seed}"), extension = VideoFormats.DefaultExtension();
        for (int i = 1; ; i++)
        {
            string name = i == 1 ? stem + extension : $"{stem}-{i}{extension}"; // where two lines of a file are alike
            if (taken.Add(name))
                return name;
        }
    }
}
