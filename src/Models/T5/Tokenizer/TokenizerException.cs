using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.T5;

/// <summary>A tokenizer can't be used: its file is missing, unreadable, damaged or of another kind. The message names the file, what is
/// wrong with it and what to do.</summary>
public sealed class TokenizerException(string message, Exception? inner = null) : Exception(Quoted.Line(message), inner);
