namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Recognises by their first bytes what people have in place of a model's file, to say so instead of speaking of header lengths.
/// </summary>
public static class ForeignFile
{
    /// <summary>How many bytes of a file are enough.</summary>
    public const int EnoughBytes = 256;

    private const string NotSafetensors = "not safetensors. Use the model's .safetensors files.";

    /// <summary>
    /// What a file seems to be that isn't safetensors, with the remedy, as the end of a sentence: "a GGUF file, not …". Null where
    /// nothing is recognised.
    /// </summary>
    public static string? Recognise(ReadOnlySpan<byte> start) =>
        RecogniseStub(start) ?? (RecogniseFormat(start) is string format ? $"{format}, {NotSafetensors}" : null);

    /// <summary>The same for what stands in place of any file: a Git LFS pointer or a web page.</summary>
    public static string? RecogniseStub(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer, not the file it points to. Run 'git lfs pull' in the model's folder, or download the file itself.";
        return start.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("<"u8)
            ? "a web page (HTML or XML), probably an error page that was saved in place of the file. "
                + "Download it again; a gated model needs a login."
            : null;
    }

    /// <summary>What the format of a file is called, if it is one in which models are kept and not safetensors: "a GGUF file".</summary>
    private static string? RecogniseFormat(ReadOnlySpan<byte> start)
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
        return start.StartsWith("{"u8) ? "a JSON text" : null;
    }
}
