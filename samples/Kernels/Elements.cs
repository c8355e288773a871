using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Types that matrices are stored in.</summary>
public static class Elements
{
    public readonly struct F32 : IElement<float>
    {
        public static float Widen(float value) => value;
    }

    public readonly struct F16 : IElement<Half>
    {
        public static float Widen(Half value) => (float)value;
    }

    public readonly struct BF16 : IElement<BFloat16>
    {
        public static float Widen(BFloat16 value) => value;
    }
}
