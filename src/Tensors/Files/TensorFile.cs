using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Files;

/// <summary>Files of tensors, whichever format they have.</summary>
public static class TensorFile
{
    /// <summary>Opens a file, recognised by its first bytes and not by its name.</summary>
    /// <exception cref="TensorFileException">
    /// The file is missing, damaged, or of no format that is read; the message says which, and the remedy.
    /// </exception>
    public static ITensorFile Open(string path) => FirstBytes.Are(path, "GGUF"u8) ? GgufFile.Open(path) : SafetensorsFile.Open(path);
}
