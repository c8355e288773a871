using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Gguf;

/// <summary>A GGUF file can't be read or written.</summary>
public sealed class GgufException(string message, Exception? inner = null) : TensorFileException(message, inner);
