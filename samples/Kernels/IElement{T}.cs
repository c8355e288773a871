namespace CogVideoX.Samples.Kernels;

/// <summary>How a stored number becomes a float, as a type argument.</summary>
public interface IElement<T>
    where T : unmanaged
{
    static abstract float Widen(T value);
}
