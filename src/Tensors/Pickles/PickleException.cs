using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Pickles;

/// <summary>A PyTorch file can't be read, or asks for more than tensors. Nothing of it was run.</summary>
public sealed class PickleException(string message, Exception? inner = null) : TensorFileException(message, inner);
