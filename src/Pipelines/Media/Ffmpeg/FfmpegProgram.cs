using System.ComponentModel;
using System.Diagnostics;

namespace CogVideoX.Pipelines.Media;

/// <summary>The ffmpeg program of this machine.</summary>
public sealed class FfmpegProgram
{
    private readonly Lazy<IReadOnlySet<string>> encoders;

    internal FfmpegProgram(string path)
    {
        Path = path;
        encoders = new(ListEncoders);
    }

    /// <summary>Where the program lies.</summary>
    public string Path { get; }

    /// <summary>The first ffmpeg on PATH, or null.</summary>
    public static FfmpegProgram? Find() => Find(Environment.GetEnvironmentVariable("PATH"));

    internal static FfmpegProgram? Find(string? searchPath)
    {
        string name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        return (searchPath ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .Where(IsProgram)
            .Select(path => new FfmpegProgram(path))
            .FirstOrDefault();
    }

    /// <summary>The first line that it says about itself.</summary>
    /// <exception cref="IOException">It doesn't run.</exception>
    public string Version() => Ask("-version").Split('\n')[0].Trim();

    internal bool HasEncoder(string name) => encoders.Value.Contains(name);

    /// <summary>The comment in a file's metadata, or null.</summary>
    internal string? ReadComment(string file)
    {
        // ffmetadata: KEY=value a line, the file's own before the first [SECTION]; a backslash stands before = ; # \ and newline.
        string listing = Ask("-v", "error", "-i", "file:" + file, "-f", "ffmetadata", "-");
        return listing.Split('\n')
            .Select(line => line.TrimEnd('\r'))
            .TakeWhile(line => !line.StartsWith('['))
            .Where(line => line.StartsWith("comment=", StringComparison.OrdinalIgnoreCase))
            .Select(line => Unescape(line["comment=".Length..]))
            .FirstOrDefault();
    }

    /// <summary>Starts it with its streams redirected; the caller owns the process.</summary>
    internal Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{Path} can't be started ({e.Message})", e);
        }
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & executable) != 0);
    }

    private HashSet<string> ListEncoders() =>
        // " V....D libx264   libx264 H.264 / …": flags, name, description.
        [.. Ask("-hide_banner", "-encoders").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 1)
            .Select(words => words[1])];

    private string Ask(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? answer : throw new IOException($"ffmpeg failed: {errors.Result.Trim()}");
    }

    private static string Unescape(string text)
    {
        var plain = new System.Text.StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
            plain.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        return plain.ToString();
    }
}
