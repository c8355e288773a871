namespace CogVideoX.Tensors.Files;

/// <summary>What a file says of one of its tensors.</summary>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Sizes, outermost first.</param>
public readonly record struct TensorInfo(DType Type, Shape Shape)
{
    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Type.BytesOf(Shape.Count);

    /// <summary>Such as <c>BF16 [1920, 4096]</c>.</summary>
    public override string ToString() => $"{Type} {Shape}";
}
