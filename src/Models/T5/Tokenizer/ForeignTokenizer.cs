namespace CogVideoX.Models.T5;

// Recognises what people have in place of a spiece.model.
internal static class ForeignTokenizer
{
    private const string NotThis = "not a SentencePiece model. Copy spiece.model from the tokenizer folder of the checkpoint.";

    // What a file that is no SentencePiece model seems to be, with the remedy; null where nothing is recognised.
    public static string? Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "it is empty. Copy it again from the tokenizer folder of the checkpoint.";
        if (bytes.StartsWith("version https://git-lfs"u8))
        {
            return "this is a Git LFS pointer, not the file it points to. Run 'git lfs pull' in the model's folder, "
                + "or download the file itself.";
        }
        ReadOnlySpan<byte> text = bytes.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.StartsWith("<"u8))
        {
            return "this is a web page (HTML or XML), probably an error page that was saved in place of the file. Download it again; "
                + "a gated model needs a login.";
        }
        if (text.StartsWith("{"u8))
            return $"this is JSON, as a tokenizer.json is, {NotThis}";
        if (bytes.StartsWith("GGUF"u8))
            return $"this is a GGUF file, {NotThis}";
        return bytes.StartsWith("PK\x03\x04"u8) ? $"this is a zip archive (or a PyTorch file), {NotThis}" : null;
    }
}
