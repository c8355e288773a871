using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// The weights of a model aren't those that its config describes. The message names the key, the file and both shapes or types, in one
/// line.
/// </summary>
public sealed class WeightException(string message, Exception? inner = null) : TensorException(Quoted.Line(message), inner);
