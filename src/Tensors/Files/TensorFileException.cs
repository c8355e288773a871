using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Files;

/// <summary>
/// A file of tensors, of whichever format, can't be read or written. The message names the file, what is wrong with it, and what to do, in
/// one line.
/// </summary>
public class TensorFileException(string message, Exception? inner = null) : TensorException(Quoted.Line(message), inner);
