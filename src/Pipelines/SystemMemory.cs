using System.Diagnostics;
using System.Globalization;

namespace CogVideoX.Pipelines;

/// <summary>How much memory there is.</summary>
internal static class SystemMemory
{
    /// <summary>
    /// Bytes that a program could take now without swapping: the smaller of what the system and a container's limit leave. Mapped weights
    /// take nothing: the system drops their pages where it needs them.
    /// </summary>
    public static long FreeBytes() => Free(TotalBytes(), Lines("/proc/meminfo"), Lines("/proc/self/status"));

    /// <summary>Bytes of memory that this process may use at most.</summary>
    public static long TotalBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // knows limits of containers

    /// <summary>Bytes that this process holds beside what is mapped from files.</summary>
    internal static long OwnBytes() => Own(Lines("/proc/self/status"));

    internal static long Free(long total, IEnumerable<string> system, IEnumerable<string> status)
    {
        long left = total - Own(status);
        return Math.Max(0, Math.Min(left, Kilobytes(system, "MemAvailable:") ?? left));
    }

    private static long Own(IEnumerable<string> status) => Kilobytes(status, "RssAnon:") ?? PrivateBytes();

    private static long PrivateBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64 is > 0 and long bytes ? bytes : process.WorkingSet64;
    }

    // Both files are the kernel's, a name and a number of kB a line.
    private static long? Kilobytes(IEnumerable<string> lines, string name)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string? kilobytes = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number * 1024 : null;
    }

    private static IEnumerable<string> Lines(string file) => File.Exists(file) ? File.ReadLines(file) : [];
}
