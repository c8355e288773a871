namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Gives the bytes of a tensor from one element on. Calls come in order, without gaps, and only whole elements are asked for.
/// </summary>
/// <param name="firstElement">Index of the first element, in row-major order.</param>
/// <param name="destination">Where its bytes and those of the following elements go; to be filled whole.</param>
public delegate void TensorFiller(long firstElement, Span<byte> destination);
