using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A safetensors file, or a folder of them, can't be read or written.</summary>
public sealed class SafetensorsException(string message, Exception? inner = null) : TensorFileException(message, inner);
