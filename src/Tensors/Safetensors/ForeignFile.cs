using System.Buffers.Text;
using System.Globalization;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Recognises by their first bytes what people have in place of a model's file, to say so instead of speaking of header lengths.
/// </summary>
internal static class ForeignFile
{
    /// <summary>How many bytes of a file are enough.</summary>
    public const int EnoughBytes = 256;

    private const string NotSafetensors = "not safetensors. Latents are .safetensors files; weights may be .pt, .bin and .gguf files, too.";

    private static ReadOnlySpan<byte> MatroskaStart => [0x1A, 0x45, 0xDF, 0xA3];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>
    /// What a file seems to be that isn't safetensors, with the remedy, as the end of a sentence: "a GGUF file, not …". Null where
    /// nothing is recognised.
    /// </summary>
    public static string? Recognise(ReadOnlySpan<byte> start) =>
        RecogniseStub(start) ?? (FormatOf(start) is string format ? $"{format}, {NotSafetensors}" : null);

    /// <summary>The same for what stands in place of any file: a Git LFS pointer or a web page.</summary>
    public static string? RecogniseStub(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
        {
            return $"a Git LFS pointer, not the file it points to{SizeIn(start)}. "
                + "Run 'git lfs pull' in the model's folder, or download the file itself.";
        }
        return start.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("<"u8)
            ? "a web page (HTML or XML), probably an error page that was saved in place of the file. "
                + "Download it again; a gated model needs a login."
            : null;
    }

    /// <summary>What the format of a file is called, if it is one that people give in place of safetensors: "a GGUF file".</summary>
    public static string? FormatOf(ReadOnlySpan<byte> start)
    {
        bool isPickle = start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5;
        if (isPickle || start.StartsWith("PK\x03\x04"u8))
            return "a PyTorch pickle file";
        if (start.StartsWith("GGUF"u8))
            return "a GGUF file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']))
            return "an HDF5 file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            return "a NumPy file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]))
            return "a compressed archive";
        if (start.StartsWith("{"u8))
            return "a JSON text";
        return Picture(start);
    }

    // A pointer has a line of it.
    private static string SizeIn(ReadOnlySpan<byte> pointer)
    {
        int at = pointer.IndexOf("\nsize "u8);
        return at >= 0 && Utf8Parser.TryParse(pointer[(at + "\nsize ".Length)..], out ulong bytes, out _)
            ? string.Create(CultureInfo.InvariantCulture, $", of {bytes} bytes")
            : "";
    }

    private static string? Picture(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.Length >= 12 && start[4..].StartsWith("ftypqt  "u8) => "a QuickTime video",
        _ when start.Length >= 12 && start[4..].StartsWith("ftyp"u8) => "an MP4 video",
        _ when start.StartsWith(MatroskaStart) => "a WebM or Matroska video",
        _ when start.StartsWith("GIF8"u8) => "a GIF picture",
        _ when start.StartsWith(PngStart) => "a PNG picture",
        _ when start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) => "a WebP picture",
        _ when start.StartsWith("YUV4MPEG2"u8) => "a Y4M video",
        _ => null,
    };
}
