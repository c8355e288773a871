using System.Globalization;

namespace CogVideoX.Pipelines;

/// <summary>How much memory there is.</summary>
public static class SystemMemory
{
    /// <summary>Bytes that a program could take now without swapping: the smaller of what the system and a container's limit leave.</summary>
    public static long FreeBytes()
    {
        GCMemoryInfo collector = GC.GetGCMemoryInfo(); // knows limits of containers
        long limit = collector.TotalAvailableMemoryBytes - Environment.WorkingSet;
        return Math.Max(0, Math.Min(limit, AvailableOnLinux() ?? limit));
    }

    /// <summary>Bytes of memory that this process may use at most.</summary>
    public static long TotalBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    // MemAvailable counts the page cache that can be dropped, which is where mapped weights live.
    private static long? AvailableOnLinux()
    {
        const string Name = "MemAvailable:";
        if (!File.Exists("/proc/meminfo"))
            return null;
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        string? kilobytes = line?[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number * 1024 : null;
    }
}
