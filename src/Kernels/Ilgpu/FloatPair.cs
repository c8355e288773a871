namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Two numbers that are summed together.</summary>
internal readonly record struct FloatPair(float First, float Second)
{
    public static FloatPair operator +(FloatPair a, FloatPair b) => new(a.First + b.First, a.Second + b.Second);
}
