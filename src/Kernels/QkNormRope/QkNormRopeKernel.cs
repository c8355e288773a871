using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Layer norm and rotation of heads: a warp has a token, whose weights and angles it reads once, and goes through its heads, of which some
/// are beside each other in its lanes and some are under way together.
/// </summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="TLanes">How many lanes share a head.</typeparam>
/// <param name="x">[tokens, heads, width]</param>
/// <param name="y">[tokens, heads, width]; may be x</param>
/// <param name="weight">[width], or null for no norm</param>
/// <param name="bias">[width], or null</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="cosine">[batchTokens − textTokens, width], or null for no rotation</param>
/// <param name="sine">Like <paramref name="cosine"/>.</param>
/// <param name="tokens">Of all batch items.</param>
/// <param name="batchTokens">Of one.</param>
/// <param name="textTokens">The first of each, which aren't rotated.</param>
/// <param name="heads">Of a token.</param>
[KernelInstance("qk_norm_rope_64_bf16", typeof(BFloat16), typeof(HeadLanes.Of8))]
internal readonly unsafe struct QkNormRopeKernel<T, TLanes>(
    View<T> x, View<T> y, AnyCudaNumbers weight, AnyCudaNumbers bias, float epsilon, AnyCudaNumbers cosine, AnyCudaNumbers sine,
    int tokens, int batchTokens, int textTokens, int heads) : IKernel
    where T : unmanaged
    where TLanes : unmanaged, IHeadLanes
{
    /// <summary>Tokens of a CTA, a warp each.</summary>
    public const int Tokens = 4;

    private const int Eight = PackedEight<T>.Count, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Tokens * Warp.Size);

    private static int Width => TLanes.Count * Eight;

    private static float Share => 1f / Width; // exact

    /// <inheritdoc/>
    public void Run()
    {
        int token = Grid.BlockX * Tokens + Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        int step = Warp.Size / TLanes.Count, column = lane % TLanes.Count * Eight, position = token % batchTokens - textTokens;
        if (token >= tokens)
            return;
        bool rotates = !cosine.IsNull && position >= 0;
        Registers<float> factors = Registers.Of<float>(Eight), offsets = Registers.Of<float>(Eight);
        Registers<float> cosines = Registers.Of<float>(Eight), sines = Registers.Of<float>(Eight);
        if (!weight.IsNull)
            weight.Eight(column, factors);
        if (!bias.IsNull)
            bias.Eight(column, offsets);
        if (rotates)
        {
            cosine.Eight((long)position * Width + column, cosines);
            sine.Eight((long)position * Width + column, sines);
        }
        long first = (long)token * heads * Width + column;
        T* source = x.Pointer + first, result = y.Pointer + first;
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        Registers<float> values = Registers.Of<float>(Eight);
        for (int head = lane / TLanes.Count; head - lane / TLanes.Count < heads; head += Loads * step)
        {
            for (int i = 0; i < Loads; i++)
            {
                if (head + i * step < heads)
                    packed[i] = *(Bits128*)(source + (head + i * step) * Width);
            }
            for (int i = 0; i < Loads; i++)
            {
                PackedEight<T>.Widen(packed[i], values);
                if (!weight.IsNull)
                    Normalise(values, factors, offsets);
                if (rotates)
                    Rotate(values, cosines, sines);
                if (head + i * step < heads)
                    *(Bits128*)(result + (head + i * step) * Width) = PackedEight<T>.Of(values);
            }
        }
    }

    private void Normalise(Registers<float> values, Registers<float> factors, Registers<float> offsets)
    {
        float sum = 0, squares = 0;
        for (int i = 0; i < Eight; i++)
            sum += values[i];
        float mean = SumOfHead(sum) * Share;
        for (int i = 0; i < Eight; i++)
        {
            values[i] -= mean;
            squares = MathF.FusedMultiplyAdd(values[i], values[i], squares);
        }
        float scale = Approximate.ReciprocalSquareRoot(SumOfHead(squares) * Share + epsilon);
        for (int i = 0; i < Eight; i++)
            values[i] = MathF.FusedMultiplyAdd(values[i] * scale, factors[i], offsets[i]);
    }

    private static void Rotate(Registers<float> values, Registers<float> cosines, Registers<float> sines)
    {
        for (int i = 0; i < Eight; i += 2)
        {
            (float even, float odd) = (values[i], values[i + 1]);
            values[i] = MathF.FusedMultiplyAdd(-odd, sines[i], even * cosines[i]);
            values[i + 1] = MathF.FusedMultiplyAdd(even, sines[i + 1], odd * cosines[i + 1]);
        }
    }

    private static float SumOfHead(float value)
    {
        for (int bits = TLanes.Count / 2; bits > 0; bits /= 2)
            value += Warp.ShuffleXor(value, bits);
        return value;
    }
}
