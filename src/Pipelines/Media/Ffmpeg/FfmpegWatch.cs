using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>Hears what ffmpeg complains about, and ends it when it has done nothing for too long.</summary>
internal sealed class FfmpegWatch
{
    private const int KeptComplaints = 1 << 16, Looks = 20;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    private readonly Process process;
    private readonly int id;
    private readonly string? file;
    private readonly TimeSpan longestRest;
    private readonly Task<string> complaints;
    private long progress;
    private volatile bool hasStalled;

    /// <param name="process">It runs, with its error stream redirected.</param>
    /// <param name="file">What it writes; null where it writes none.</param>
    /// <param name="longestRest">It is ended after so long without taking input, computing or writing.</param>
    public FfmpegWatch(Process process, string? file, TimeSpan longestRest)
    {
        (this.process, this.file, this.longestRest) = (process, file, longestRest);
        id = process.Id;
        complaints = ReadTailAsync(process.StandardError);
    }

    /// <summary>Whether it was ended here.</summary>
    public bool HasStalled => hasStalled;

    /// <summary>The end of what it said on its error stream; waits for it to have ended.</summary>
    // Not for ever: what it has started may hold the stream open.
    public string Complaints => complaints.Wait(LastWords) ? complaints.Result : "";

    public void Progressed() => Interlocked.Increment(ref progress);

    /// <summary>Watches until disposed: not while the caller computes and ffmpeg rightly waits.</summary>
    public IDisposable Guard()
    {
        var last = State();
        int unchanged = 0;
        return new Timer(
            _ =>
            {
                var now = State();
                unchanged = now == last ? unchanged + 1 : 0;
                last = now;
                if (unchanged < Looks)
                    return;
                hasStalled = true;
                FfmpegProgram.End(process);
            },
            null, longestRest / Looks, longestRest / Looks);
    }

    private (long Taken, TimeSpan Computed, long Written) State()
    {
        try
        {
            // An object of its own: the other is being waited on, and isn't made for two threads.
            using var seen = Process.GetProcessById(id);
            var written = file is null ? null : new FileInfo(file);
            return (Interlocked.Read(ref progress), seen.TotalProcessorTime, written is { Exists: true } ? written.Length : 0);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or Win32Exception)
        {
            return default;     // it has ended, which nobody need do any more
        }
    }

    // What matters comes last, and there may be gigabytes before it.
    private static async Task<string> ReadTailAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var part = new char[4096];
        for (int length; (length = await reader.ReadAsync(part.AsMemory()).ConfigureAwait(false)) > 0;)
        {
            tail.Append(part, 0, length);
            if (tail.Length > KeptComplaints)
                tail.Remove(0, tail.Length - KeptComplaints);
        }
        return tail.ToString();
    }
}
