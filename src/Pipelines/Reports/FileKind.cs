using System.Buffers.Binary;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a file is, by its first bytes: names and endings lie.</summary>
public static class FileKind
{
    private const int StartLength = 16, LongestHeader = 100_000_000;

    private const string Folder = "a folder", Png = "a PNG picture", Gif = "a GIF picture", Webp = "a WebP picture";
    private const string Webm = "a WebM or Matroska video", Mp4 = "an MP4 video", Y4m = "a Y4M video";

    /// <summary>What a safetensors file is called here.</summary>
    public const string Safetensors = "a safetensors file";

    /// <summary>What it is, such as <c>a PNG picture</c>; null where nothing is known.</summary>
    /// <param name="path">A file or folder that exists.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? Of(string path)
    {
        if (Directory.Exists(path))
            return Folder;
        using FileStream stream = File.OpenRead(path);
        Span<byte> buffer = stackalloc byte[StartLength];
        return Of(buffer[..stream.ReadAtLeast(buffer, StartLength, throwOnEndOfStream: false)]);
    }

    /// <summary>Whether the settings of a run are kept in this kind of file.</summary>
    internal static bool KeepsSettings(string kind) => kind is Folder or Png or Gif or Webp or Webm or Mp4 or Y4m;

    internal static string? Of(ReadOnlySpan<byte> start) => start switch
    {
        [] => "empty",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Gif,
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Webm,
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "a GGUF file",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip file, such as PyTorch's .pt",
        _ when start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8) => Mp4,
        _ when start.Length >= 12 && start[..4].SequenceEqual("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8) => Webp,
        _ when start.StartsWith("YUV4MPEG2"u8) => Y4m,
        _ when start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= LongestHeader => Safetensors,
        _ when start.ToArray().All(value => value is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\r' or (byte)'\t') => "a text file",
        _ => null,
    };
}
