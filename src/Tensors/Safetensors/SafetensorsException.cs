namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// A safetensors file, or a folder of them, can't be read or written. The message names the file, what is wrong with it, and what to
/// do, in one line.
/// </summary>
public sealed class SafetensorsException(string message, Exception? inner = null) : TensorException(Quoted.Line(message), inner);
