using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>A LoRA can't be used with a model. The message names the file, what is wrong and what would work, in one line.</summary>
public sealed class LoraException(string message) : TensorException(Quoted.Line(message));
