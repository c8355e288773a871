namespace CogVideoX.Tensors.Gguf;

/// <summary>What a GGUF file says of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Info">Type and shape, outermost first, as they are stored.</param>
/// <param name="Offset">The byte of the data where it begins.</param>
internal sealed record GgufEntry(string Name, Files.TensorInfo Info, long Offset);
