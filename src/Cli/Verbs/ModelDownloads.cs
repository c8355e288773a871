using System.Diagnostics;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Hub;
using Spectre.Console;

namespace CogVideoX.Cli.Verbs;

/// <summary>Downloads of models, with a bar where a person looks; and models that may have to be downloaded before a verb runs.</summary>
internal static class ModelDownloads
{
    private static readonly HubTimes Short = new() { Answer = TimeSpan.FromSeconds(5), Silence = TimeSpan.FromSeconds(5), Retries = 0 };

    /// <summary>The folder of a model that is named by it, or by its name; the name, where it is to be downloaded.</summary>
    /// <param name="model">As it was given.</param>
    /// <param name="downloads">Whether what isn't there will be downloaded (<see cref="Get"/>).</param>
    /// <param name="cancellation">Stops asking the Hub for its size.</param>
    /// <exception cref="UsageException">It isn't there; the message says how large it is, and the command.</exception>
    public static string Check(string model, bool downloads, CancellationToken cancellation)
    {
        try
        {
            return CommonOptions.CheckModel(model);
        }
        catch (UsageException exception) when (exception.InnerException is NotCachedException lacking && lacking.Name.Name.Contains('/'))
        {
            return downloads ? model : throw Refusal(lacking, cancellation);
        }
    }

    /// <summary>The folder of what <see cref="Check"/> gave, downloaded if need be.</summary>
    /// <param name="terminal">For progress.</param>
    /// <param name="model">A folder, or a name.</param>
    /// <param name="cancellation">Stops the download.</param>
    /// <exception cref="HubException">It can't be downloaded.</exception>
    public static string Get(Terminal terminal, string model, CancellationToken cancellation)
    {
        if (ModelPlace.NameIn(model) is not { } name)
            return model;
        var settings = HubSettings.OfProcess();
        using var client = new HubClient(settings);
        return Run(terminal, Plan(terminal, client, new HubCache(settings.CacheFolder), name, cancellation), name, cancellation);
    }

    /// <summary>Asks the Hub what there is to download.</summary>
    public static ModelPull Plan(Terminal terminal, HubClient client, HubCache cache, ModelName name, CancellationToken cancellation) =>
        ModelPull.PlanAsync(client, cache, name, cancellation, terminal.Say).GetAwaiter().GetResult();

    /// <summary>Downloads it.</summary>
    /// <returns>Its folder.</returns>
    public static string Run(Terminal terminal, ModelPull pull, ModelName name, CancellationToken cancellation)
    {
        if (pull.MissingBytes > 0)
            terminal.Say($"downloading {name}: {ByteSize.ToText(pull.MissingBytes)} of {ByteSize.ToText(pull.TotalBytes)} are missing.");
        try
        {
            if (!terminal.ShowsProgress)
                return pull.RunAsync(new Messages(terminal, null), cancellation).GetAwaiter().GetResult();
            var line = new ProgressLine();
            return terminal.Draw([line], context =>
            {
                var bar = new Bar(context.AddTask("download"), line, pull);
                return pull.RunAsync(new Messages(terminal, bar), cancellation).GetAwaiter().GetResult();
            });
        }
        catch (OperationCanceledException)
        {
            terminal.Say($"What came of {name} is kept; {HubCache.PullCommand(name)} goes on.");
            throw;
        }
    }

    private static UsageException Refusal(NotCachedException lacking, CancellationToken cancellation)
    {
        string remedy = $"{HubCache.PullCommand(lacking.Name)} downloads it, and so does --yes here.";
        try
        {
            var settings = HubSettings.OfProcess();
            using var client = new HubClient(settings, Short);
            ModelPull pull = ModelPull.PlanAsync(client, new HubCache(settings.CacheFolder), lacking.Name, cancellation)
                .GetAwaiter().GetResult();
            string there = pull.MissingBytes < pull.TotalBytes ? $" of {ByteSize.ToText(pull.TotalBytes)}" : "";
            string size = pull.TotalBytes == 0 ? "" : $" {ByteSize.ToText(pull.MissingBytes)}{there} are to be downloaded.";
            return new UsageException("--model", $"{lacking.Problem}{size} {remedy}", lacking);
        }
        catch (TransientHubException)
        {
            return new UsageException("--model", $"{lacking.Problem} {remedy}", lacking); // the size is a courtesy
        }
        catch (HubException exception)
        {
            return new UsageException("--model", $"{lacking.Problem} It can't be downloaded either: {exception.Message}", exception);
        }
    }

    private sealed class Messages(Terminal terminal, Bar? bar) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            if (value.Message is { } message)
                terminal.Say(message);
            else
                bar?.Show(value);
        }
    }

    private sealed class Bar
    {
        private readonly ProgressTask task;
        private readonly ProgressLine line;
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private readonly long before;

        public Bar(ProgressTask task, ProgressLine line, ModelPull pull)
        {
            (this.task, this.line) = (task, line);
            before = pull.TotalBytes - pull.MissingBytes;
            task.MaxValue = Math.Max(pull.TotalBytes, 1);
            task.Value = before;
        }

        public void Show(PullProgress progress)
        {
            task.Value = progress.Done;
            double rate = (progress.Done - before) / clock.Elapsed.TotalSeconds;
            string amount = $"{ByteSize.ToText(progress.Done)} of {ByteSize.ToText(progress.Total)}";
            string left = rate > 0
                ? $" · {ByteSize.ToText((long)rate)}/s · {Duration((progress.Total - progress.Done) / rate)} left"
                : "";
            line.Set(task, $"{amount}{left} · {progress.File}", $"{amount}{left}", amount);
        }

        private static string Duration(double seconds) => ProgressDisplay.Duration(TimeSpan.FromSeconds(Math.Min(seconds, 1e9)));
    }
}
