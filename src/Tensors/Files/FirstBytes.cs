using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Files;

/// <summary>Looks at how a file begins; what can't be read begins with nothing, and whoever opens it says why.</summary>
internal static class FirstBytes
{
    /// <summary>Whether a file begins with these.</summary>
    public static bool Are(string path, ReadOnlySpan<byte> expected)
    {
        try
        {
            if (path.Length == 0 || FileStatus.OtherThanFile(path) is not null || FileLength.Of(path) < expected.Length)
                return false;
            Span<byte> start = stackalloc byte[expected.Length];
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(expected);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
