namespace CogVideoX.Tensors.Safetensors;

/// <summary>Recognises what people have in place of a weight file, to say so instead of speaking of header lengths.</summary>
internal static class ForeignFile
{
    private static ReadOnlySpan<byte> PickleStart => [0x80, 0x02];

    private static ReadOnlySpan<byte> MatroskaStart => [0x1A, 0x45, 0xDF, 0xA3];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>What a file that is no safetensors file seems to be, with the remedy; null where nothing is recognised.</summary>
    public static string? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
            return "this is a Git LFS pointer, not the file it points to. Run 'git lfs pull' in the model's folder, or download the file itself.";
        ReadOnlySpan<byte> text = start.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.StartsWith("<"u8))
            return "this is a web page (HTML or XML), probably an error page that was saved in place of the file. Download it again; a gated model needs a login.";
        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith(PickleStart))
            return "this is a PyTorch pickle file, not safetensors. Use the model's .safetensors files.";
        if (start.StartsWith("GGUF"u8))
            return "this is a GGUF file, not safetensors. Use the model's .safetensors files.";
        return Picture(start) is { } picture ? $"this is {picture}; weights and latents are .safetensors files." : null;
    }

    private static string? Picture(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.Length >= 12 && start[4..].StartsWith("ftyp"u8) => start[8..].StartsWith("qt  "u8) ? "a QuickTime video" : "an MP4 video",
        _ when start.StartsWith(MatroskaStart) => "a WebM or Matroska video",
        _ when start.StartsWith("GIF8"u8) => "a GIF picture",
        _ when start.StartsWith(PngStart) => "a PNG picture",
        _ when start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) => "a WebP picture",
        _ when start.StartsWith("YUV4MPEG2"u8) => "a Y4M video",
        _ => null,
    };
}
