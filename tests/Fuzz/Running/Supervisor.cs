using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Running;

/// <summary>Starts children, and starts them again after the input that one of them died of, hung at or grew by.</summary>
internal sealed class Supervisor(string kind, ulong run, long inputs, int jobs, string folder)
{
    private const long MostGrowth = 500_000_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostProcessorTime = TimeSpan.FromSeconds(10), MostTime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<Finding> findings = [];

    /// <summary>Eats all inputs; returns what was found.</summary>
    public IReadOnlyCollection<Finding> Run()
    {
        Thread[] threads = [.. Enumerable.Range(0, jobs).Select(job => new Thread(() => Job(job)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return findings;
    }

    private void Job(int job)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, $"{kind}-{job}")).FullName;
        using var progress = new Progress(Path.Combine(place, "progress"));
        for (long first = job; first < inputs;)
        {
            (progress.Input, progress.IsFinished) = (0, false);
            using Process child = Start(place, first);
            Task<string> error = child.StandardError.ReadToEndAsync();
            string? end = Watch(child, progress);
            child.WaitForExit();
            if (progress.IsFinished)
                break;
            if (progress.Input == 0)
                throw new InvalidOperationException($"the child couldn't prepare: {error.Result}");
            long input = progress.Input - 1;
            string said = error.Result;
            string what = end ?? $"died, exit code {child.ExitCode}", message = said.Length > 2000 ? said[..2000] : said;
            findings.Add(new Finding(kind, FuzzRandom.SeedOf(run, input), what, Finding.FrameIn(said), message));
            first = input + jobs;
        }
        string lines = Path.Combine(place, "findings.jsonl");
        foreach (string line in File.Exists(lines) ? File.ReadAllLines(lines) : [])
            findings.Add(JsonSerializer.Deserialize<Finding>(line)!);
    }

    /// <summary>Waits for the child's end; if it must be ended, why.</summary>
    private static string? Watch(Process child, Progress progress)
    {
        long input = 0, least = long.MaxValue;
        (TimeSpan Processor, long Stamp) since = (TimeSpan.Zero, Stopwatch.GetTimestamp());
        while (!child.WaitForExit(Look))
        {
            child.Refresh();
            try
            {
                if (progress.Input != input || input == 0)
                {
                    input = progress.Input;
                    since = (child.TotalProcessorTime, Stopwatch.GetTimestamp());
                }
                if (input == 0)
                    continue;
                least = Math.Min(least, child.WorkingSet64);
                bool hangs = child.TotalProcessorTime - since.Processor > MostProcessorTime
                    || Stopwatch.GetElapsedTime(since.Stamp) > MostTime;
                string? end = hangs ? "hang" : child.WorkingSet64 - least > MostGrowth ? "growth by more than 500 MB" : null;
                if (end is null)
                    continue;
                child.Kill(entireProcessTree: true);
                return end;
            }
            catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
            {
                // it ended between two questions
            }
        }
        return null;
    }

    private Process Start(string place, long first)
    {
        string program = Environment.ProcessPath!;
        string[] before = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];
        string[] numbers = [.. new[] { first, jobs, inputs }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        var start = new ProcessStartInfo(
            program, [.. before, "--child", kind, run.ToString(CultureInfo.InvariantCulture), place, .. numbers])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var child = Process.Start(start)!;
        child.StandardInput.Close();
        return child;
    }
}
