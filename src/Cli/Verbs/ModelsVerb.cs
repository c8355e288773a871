using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Hub;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>models</c>: what the Hugging Face cache holds; downloads into it; what goes from it; whether it is sound.</summary>
internal static class ModelsVerb
{
    private const int ShortCommit = 8;

    public static Command Create(Terminal terminal) =>
        new("models", "Models by name, in the cache that Hugging Face's own tools share")
        {
            List(terminal), Pull(terminal), Remove(terminal), Verify(terminal),
        };

    private static Command List(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command("list", "List the models that the cache holds: size, revision, and whether they can be run") { json };
        command.SetAction(parsed =>
        {
            var cache = HubCache.OfProcess();
            IReadOnlyList<ModelEntry> all = ModelEntry.All(cache);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(all);
                return ExitCode.Done;
            }
            if (all.Count == 0)
                terminal.Say($"{cache.Folder} holds no models.");
            int longest = all.Select(entry => entry.Name.Length).DefaultIfEmpty().Max();
            foreach (ModelEntry entry in all)
            {
                string revisions = entry.Revisions.Count == 0 ? "" : $" ({string.Join(", ", entry.Revisions)})";
                terminal.Output.WriteLine(
                    $"{entry.Name.PadRight(longest)}  {entry.Commit[..ShortCommit]}{revisions}  {ByteSize.ToText(entry.Bytes),9}  "
                    + (entry.Problem ?? "runs"));
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Pull(Terminal terminal)
    {
        Argument<string> model = Model();
        Option<bool> dryRun = DryRun("Say what would be downloaded, and download nothing"), json = CommonOptions.Json();
        var command = new Command("pull", "Download a model, as far as it isn't there: its configs, tokenizer and safetensors")
        {
            model, dryRun, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            ModelName name = Parse(parsed.GetRequiredValue(model));
            var settings = HubSettings.OfProcess();
            using var client = new HubClient(settings);
            var cache = new HubCache(settings.CacheFolder);
            ModelPull pull = ModelDownloads.Plan(terminal, client, cache, name, cancellation);
            long missing = pull.MissingBytes;
            bool dry = parsed.GetValue(dryRun);
            string folder = dry ? cache.SnapshotFolder(name, pull.Commit) : ModelDownloads.Run(terminal, pull, name, cancellation);
            if (parsed.GetValue(json))
                terminal.WriteJson(new PullReport(name.Name, pull.Commit, folder, pull.TotalBytes, missing, dry, pull.Files));
            else if (!dry)
                terminal.Output.WriteLine(folder);
            else
                Print(terminal.Output, pull);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Print(TextWriter output, ModelPull pull)
    {
        foreach (PulledFile file in pull.Files)
        {
            string size = file.Bytes is { } bytes ? ByteSize.ToText(bytes) : "size unknown";
            string state = file.IsPlaced || (file.Bytes > 0 && file.Present == file.Bytes) ? "  is there"
                : file.Present > 0 ? $"  {ByteSize.ToText(file.Present)} are there"
                : "";
            output.WriteLine($"{size,12}  {file.Name}{state}");
        }
        output.WriteLine($"{ByteSize.ToText(pull.MissingBytes)} of {ByteSize.ToText(pull.TotalBytes)} would be downloaded.");
    }

    private static Command Remove(Terminal terminal)
    {
        Argument<string> model = Model();
        Option<bool> dryRun = DryRun("Say what would be removed, and remove nothing"), json = CommonOptions.Json();
        var command = new Command("remove", "Remove a model from the cache, or with @REVISION that revision alone") { model, dryRun, json };
        command.SetAction(parsed =>
        {
            string given = parsed.GetRequiredValue(model);
            ModelName name = Parse(given);
            ModelRemoval removal = InCache(() => ModelRemoval.Plan(HubCache.OfProcess(), name, revisionAlone: given.Contains('@')));
            bool dry = parsed.GetValue(dryRun);
            if (!dry)
                removal.Run();
            if (parsed.GetValue(json))
                terminal.WriteJson(new RemovalReport(name.ToString(), removal.Bytes, dry, removal.Paths));
            else
                terminal.Output.WriteLine($"{name}: {ByteSize.ToText(removal.Bytes)} {(dry ? "would be " : "")}freed.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        Argument<string> model = Model();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("verify", "Compare all bytes of a model in the cache with their checksums") { model, json };
        command.SetAction((parsed, cancellation) =>
        {
            ModelName name = Parse(parsed.GetRequiredValue(model));
            CachedSnapshot snapshot = InCache(() => HubCache.OfProcess().Snapshot(name));
            IReadOnlyList<CheckedFile> files = Check(terminal, snapshot, cancellation);
            CheckedFile[] wrong = [.. files.Where(file => file.Verdict is not (FileVerdict.Right or FileVerdict.Unknown))];
            if (parsed.GetValue(json))
                terminal.WriteJson(new VerifyReport(name.Name, snapshot.Commit, wrong.Length == 0, files));
            else
                Print(terminal, name, files, wrong);
            return Task.FromResult(wrong.Length == 0 ? ExitCode.Done : ExitCode.Failed);
        });
        return command;
    }

    private static void Print(Terminal terminal, ModelName name, IReadOnlyList<CheckedFile> files, CheckedFile[] wrong)
    {
        foreach (CheckedFile file in wrong)
            terminal.Output.WriteLine($"{file.Name}: {Describe(file)}");
        int unknown = files.Count(file => file.Verdict == FileVerdict.Unknown), right = files.Count - wrong.Length - unknown;
        string bytes = ByteSize.ToText(files.Where(file => file.Verdict == FileVerdict.Right).Sum(file => file.Bytes));
        string without = unknown == 0 ? "" : $", {Counted.Of(unknown, "file")} without a checksum here (a cache without links)";
        string remedy = wrong.Length == 0 ? "" : $"; {HubCache.PullCommand(name)} brings what is missing";
        terminal.Output.WriteLine($"{name}: {Counted.Of(right, "file")} ({bytes}) as published, {wrong.Length} not{without}{remedy}");
    }

    private static string Describe(CheckedFile file) => file.Verdict switch
    {
        FileVerdict.Damaged => $"damaged: its bytes don't have its checksum; delete {file.Place}",
        FileVerdict.Outside => $"a link that leaves the cache, to {file.Place}; not read",
        _ => "missing",
    };

    private static IReadOnlyList<CheckedFile> Check(Terminal terminal, CachedSnapshot snapshot, CancellationToken cancellation)
    {
        if (!terminal.ShowsProgress)
            return ModelCheck.RunAsync(snapshot, null, cancellation).GetAwaiter().GetResult();
        var line = new ProgressLine();
        return terminal.Draw([line], context =>
        {
            var bar = new ByteBar(context.AddTask("reading"), line);
            return ModelCheck.RunAsync(snapshot, bar, cancellation).GetAwaiter().GetResult();
        });
    }

    private static Argument<string> Model() =>
        new("model") { Description = "OWNER/NAME, or OWNER/NAME@REVISION (a branch, tag or commit)" };

    private static Option<bool> DryRun(string description) => new("--dry-run") { Description = description };

    private static ModelName Parse(string text) => InCache(() => ModelName.Parse(text));

    // What isn't there, or is no name: of the command line, not of the run.
    private static T InCache<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (HubException exception)
        {
            throw new UsageException("model", exception.Message, exception);
        }
    }

    private sealed record PullReport(
        string Name, string Commit, string Path, long Bytes, long DownloadedBytes, bool DryRun, IReadOnlyList<PulledFile> Files);

    private sealed record RemovalReport(string Name, long FreedBytes, bool DryRun, IReadOnlyList<string> Paths);

    private sealed record VerifyReport(string Name, string Commit, bool Sound, IReadOnlyList<CheckedFile> Files);
}
