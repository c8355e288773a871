using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>The ffmpeg program of this machine, and the ffprobe that came with it.</summary>
internal sealed partial class FfmpegProgram
{
    private const int LongestAnswer = 1 << 24, ShownComplaint = 500;
    private static FfmpegProgram? latest;
    private readonly Lazy<IReadOnlySet<string>> encoders;
    private readonly DateTime written;

    internal FfmpegProgram(string path)
    {
        Path = path;
        written = File.GetLastWriteTimeUtc(path);
        encoders = new(ListEncoders);
    }

    /// <summary>Where the program lies.</summary>
    public string Path { get; }

    /// <summary>How long it may take to answer a question, which it does in a fraction of a second.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where ffprobe is looked for if it isn't beside it.</summary>
    internal string? ProbePath { get; init; } = Environment.GetEnvironmentVariable("PATH");

    /// <summary>How long ffprobe may take to go through a whole file.</summary>
    internal TimeSpan PatienceForWholeFiles { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it may do nothing at all while it encodes.</summary>
    internal TimeSpan LongestRest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first ffmpeg on PATH, or null.</summary>
    public static FfmpegProgram? Find()
    {
        var found = Find(Environment.GetEnvironmentVariable("PATH"));
        // What it can do is asked once, and again when it has become another.
        return latest is { } known && known.Path == found?.Path && known.written == found.written ? known : latest = found;
    }

    internal static FfmpegProgram? Find(string? searchPath) => FindFile(searchPath, "ffmpeg") is { } path ? new FfmpegProgram(path) : null;

    private static string? FindFile(string? searchPath, string program)
    {
        string name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return (searchPath ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .FirstOrDefault(IsProgram);
    }

    /// <summary>The first line that it says about itself.</summary>
    /// <exception cref="IOException">It doesn't run, or doesn't answer.</exception>
    public string Version() => Quoted.Line(Ask("-version").Split('\n')[0].Trim(), ShownComplaint);

    /// <exception cref="IOException">It doesn't run, or doesn't answer.</exception>
    internal bool HasEncoder(string name) => encoders.Value.Contains(name);

    /// <summary>The comment in a file's metadata, or null.</summary>
    /// <param name="file">A full path.</param> <param name="demuxer">What reads it.</param>
    /// <exception cref="IOException">It can't be read, or reading it has no end.</exception>
    internal string? ReadComment(string file, string demuxer)
    {
        // ffmetadata: KEY=value a line, the file's own before the first [SECTION]; a backslash stands before = ; # \ and newline.
        // The file is all that may be opened: some kinds of video name others, on the network too.
        string listing = Ask("-v", "error", "-protocol_whitelist", "file", "-f", demuxer, "-i", "file:" + file, "-f", "ffmetadata", "-");
        return listing.Split('\n')
            .Select(line => line.TrimEnd('\r'))
            .TakeWhile(line => !line.StartsWith('['))
            .Where(line => line.StartsWith("comment=", StringComparison.OrdinalIgnoreCase))
            .Select(line => Unescape(line["comment=".Length..]))
            .FirstOrDefault();
    }

    /// <summary>What ffprobe answers: the one beside it, else the first on PATH.</summary>
    /// <param name="patience">How long it may take.</param> <param name="arguments">What is asked.</param>
    /// <exception cref="IOException">There is none, it fails, or has no end.</exception>
    internal string AskProbe(TimeSpan patience, params string[] arguments)
    {
        string? probe = FindFile(System.IO.Path.GetDirectoryName(Path), "ffprobe")
            ?? FindFile(ProbePath, "ffprobe")
            ?? throw new IOException($"there is no ffprobe beside {Path} or on PATH; install the whole of ffmpeg");
        return Ask(probe, patience, arguments);
    }

    /// <summary>Starts it with its streams redirected; the caller owns the process.</summary>
    internal Process Start(IEnumerable<string> arguments) => Start(Path, arguments);

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.Environment["SVT_LOG"] = "1";     // errors only: this encoder doesn't listen to -loglevel
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} can't be started ({e.Message})", e);
        }
    }

    /// <summary>Ends it with whatever it has started.</summary>
    internal static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, all or in part.
        }
    }

    /// <summary>The last lines of what it complained about, as one line, without the addresses of its objects.</summary>
    internal static string Reason(string complaints)
    {
        const int Lines = 8;
        string[] lines = [.. complaints.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => Speaker().Replace(line, ""))];
        return lines.Length == 0 ? "it gave no reason" : Quoted.Line(string.Join("; ", lines.TakeLast(Lines)).TrimEnd('.'), ShownComplaint);
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
    }

    private HashSet<string> ListEncoders() =>
        // " V....D libx264   libx264 H.264 / …": flags, name, description.
        [.. Ask("-hide_banner", "-encoders").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 1)
            .Select(words => words[1])];

    private string Ask(params string[] arguments) => Ask(Path, Patience, arguments);

    private static string Ask(string program, TimeSpan patience, string[] arguments)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(program);
        using var process = Start(program, arguments);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            process.StandardInput.Close();
            var complaints = ReadAsync(process, process.StandardError);
            var answer = ReadAsync(process, process.StandardOutput);
            // Not left to the reads to see the limit: a pipe may be held open by whatever it has started.
            Task.WhenAll(answer, complaints, process.WaitForExitAsync(limit.Token)).WaitAsync(limit.Token).GetAwaiter().GetResult();
            return process.ExitCode == 0
                ? answer.Result
                : throw new FfmpegFailureException($"{name} failed (exit code {process.ExitCode}): {Reason(complaints.Result)}");
        }
        catch (OperationCanceledException e)
        {
            string limitText = patience.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw new IOException($"{program} didn't answer within {limitText} s and was ended", e);
        }
        finally
        {
            End(process);
        }
    }

    private static async Task<string> ReadAsync(Process process, StreamReader reader)
    {
        var text = new StringBuilder();
        var part = new char[4096];
        for (int length; (length = await reader.ReadAsync(part.AsMemory()).ConfigureAwait(false)) > 0;)
        {
            if (text.Length + length > LongestAnswer)
            {
                End(process);       // or it would be waited for
                throw new IOException("ffmpeg says more than can be meant");
            }
            text.Append(part, 0, length);
        }
        return text.ToString();
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
            plain.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        return plain.ToString();
    }

    // "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5581c0d2f440] moov atom not found": who speaks means nothing to anybody, and differs each time.
    [GeneratedRegex(@"^(\[[^\]]* @ (0x)?[0-9a-fA-F]+\]\s*)+")]
    private static partial Regex Speaker();
}
