using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Pickles;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Files;

/// <summary>Files of tensors, whichever format they have.</summary>
public static class TensorFile
{
    private const int TellingBytes = 16;

    /// <summary>Opens a file, recognised by its first bytes and not by its name.</summary>
    /// <exception cref="TensorFileException">
    /// The file is missing, damaged, or of no format that is read; the message says which, and the remedy.
    /// </exception>
    public static ITensorFile Open(string path)
    {
        ReadOnlySpan<byte> start = StartOf(path);
        return PickleFile.Recognises(start) ? PickleFile.Open(path)
            : GgufFile.Recognises(start) ? GgufFile.Open(path)
            : SafetensorsFile.Open(path);
    }

    private static unsafe byte[] StartOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using MappedFile map = MappedFile.Open(path);
        return new ReadOnlySpan<byte>(map.Start, (int)Math.Min(map.Length, TellingBytes)).ToArray();
    }
}
