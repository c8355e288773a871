using System.Buffers.Binary;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a file is, by its first bytes: names and endings lie.</summary>
internal static class FileKind
{
    private const int LongestHeader = 100_000_000;
    private const string Folder = "a folder";

    /// <summary>What a safetensors file is called here.</summary>
    public const string Safetensors = "a safetensors file";

    /// <summary>What a file of torch.save is called here.</summary>
    public const string Pickle = "a PyTorch pickle file";

    /// <summary>What a GGUF file is called here.</summary>
    public const string Gguf = "a GGUF file";

    /// <summary>What it is, such as <c>a PNG picture</c>; null where nothing is known.</summary>
    /// <param name="path">A file or folder that exists.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? Of(string path) => Directory.Exists(path)
        ? Folder
        : FileStatus.OtherThanFile(path) ?? Of(StartOf(path)); // a pipe would be waited for

    /// <summary>Whether the settings of a run may be kept in such a file or folder.</summary>
    internal static bool KeepsSettings(string path)
    {
        if (Directory.Exists(path))
            return true;
        if (FileStatus.OtherThanFile(path) is not null)
            return false;
        byte[] start = StartOf(path);
        return VideoFormats.All.Any(format => format.Recognises(start));
    }

    internal static string? Of(ReadOnlySpan<byte> start) => start switch
    {
        [] => "empty",
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        _ when start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= LongestHeader => Safetensors,
        _ => ForeignFile.FormatOf(start) ?? (IsText(start) ? "a text file" : null),
    };

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte value in start)
        {
            if (value is (< 0x20 and not ((byte)'\n' or (byte)'\r' or (byte)'\t')) or 0x7F)
                return false;
        }
        return true;
    }

    private static byte[] StartOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        var start = new byte[ForeignFile.EnoughBytes];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }
}
