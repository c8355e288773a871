namespace CogVideoX.Tensors;

/// <summary>A tensor or a file of tensors isn't what an operation needs. The message names what was asked and what would work.</summary>
public class TensorException(string message, Exception? inner = null) : Exception(message, inner);
