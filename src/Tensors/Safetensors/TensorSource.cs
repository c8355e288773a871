namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Gives the bytes of a tensor from one element on. Calls come in order, without gaps, and only whole elements are asked for.
/// </summary>
/// <param name="firstElement">Index of the first element, in row-major order.</param>
/// <param name="destination">Where its bytes and those of the following elements go; to be filled whole.</param>
public delegate void TensorFiller(long firstElement, Span<byte> destination);

/// <summary>A tensor to be written whose elements are made while writing, so that a set larger than memory can be written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Fill">Gives the elements.</param>
public sealed record TensorSource(string Name, DType Type, Shape Shape, TensorFiller Fill)
{
    /// <summary>Bytes of all elements.</summary>
    /// <exception cref="TensorException">More than 2⁶³ − 1.</exception>
    public long Bytes => Type.BytesOf(Shape.Count);

    /// <summary>A tensor that exists; it must live until it is written.</summary>
    /// <exception cref="TensorException">Its elements have factors beside them, which wouldn't be written.</exception>
    public static TensorSource Of(string name, Tensor tensor) => tensor.IsScaled
        ? throw new TensorException($"{Quoted.Name(name)} {tensor} has factors beside its elements; write it as another type.")
        : new(name, tensor.Type, tensor.Shape, (first, destination) => tensor.CopyTo(tensor.Type.BytesOf(first), destination));
}
