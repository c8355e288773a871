using System.Security.Cryptography;
using System.Text;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>Tells whether the files that a run began from are still what they were.</summary>
internal static class InputChecksum
{
    private const string Frames = "*.png"; // of a folder that is a video

    /// <summary>SHA-256 of all files' contents, and of the names of a folder's.</summary>
    /// <returns>64 hexadecimal digits; null where there is no file, or one that can't be read: who loads it says why.</returns>
    public static string? Of(RunInputs inputs)
    {
        string?[] paths = [inputs.Embeds, inputs.InitLatents, inputs.Image, inputs.Video];
        if (paths.All(path => path is null))
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (string path in paths.OfType<string>())
            {
                if (!Directory.Exists(path))
                {
                    if (!TryAdd(hash, path))
                        return null;
                    continue;
                }
                foreach (string frame in Directory.GetFiles(path, Frames).Order(StringComparer.Ordinal))
                {
                    hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(frame)));
                    if (!TryAdd(hash, frame))
                        return null;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A pipe or a device has no length, and reading it would wait.
    private static bool TryAdd(IncrementalHash hash, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
            return false;
        using FileStream stream = file.OpenRead();
        hash.AppendData(SHA256.HashData(stream));
        return true;
    }
}
