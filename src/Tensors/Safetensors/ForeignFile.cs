namespace CogVideoX.Tensors.Safetensors;

/// <summary>Recognises what people have in place of a weight file, to say so instead of speaking of header lengths.</summary>
internal static class ForeignFile
{
    private static ReadOnlySpan<byte> PickleStart => [0x80, 0x02];

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
        return null;
    }
}
