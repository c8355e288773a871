using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>A matrix of numbers taken apart, significands and exponents each on their own so that vectors of them can be multiplied.</summary>
internal sealed class MatrixOperand(int count)
{
    private readonly byte[] specials = new byte[count];

    public int[] Significands { get; } = new int[count];

    public int[] Exponents { get; } = new int[count];

    /// <summary>Whether it holds an infinity or a NaN.</summary>
    public bool HasSpecial { get; private set; }

    public MatrixElement this[int at] => new(Significands[at], Exponents[at], specials[at]);

    public void Clear() => HasSpecial = false;

    public void Set(int at, uint bits, PtxType type)
    {
        MatrixElement element = MatrixElement.Of(bits, type);
        Significands[at] = element.Significand;
        Exponents[at] = element.Exponent;
        specials[at] = element.Special;
        HasSpecial |= element.Special != 0;
    }

    public void Negate()
    {
        for (int i = 0; i < Significands.Length; i++) Significands[i] = -Significands[i];
    }
}
