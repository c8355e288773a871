namespace CogVideoX.Tensors.Safetensors;

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
    public static TensorSource Of(string name, Tensor tensor) =>
        new(name, tensor.Type, tensor.Shape, (first, destination) => tensor.CopyTo(tensor.Type.BytesOf(first), destination));
}
