using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    /// <summary>Applies the epilogue to products that lie in y, as long as they are in the cache.</summary>
    /// <param name="bias">Room for the bias of the columns from <paramref name="firstColumn"/> on, as fp32.</param>
    private readonly struct Finisher<TSimd, TVector>(Linear linear, float* bias, int firstColumn)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        public void WidenBias(int columns)
        {
            if (!linear.epilogue.Bias.IsNull)
                Widen.ToFloats(linear.epilogue.Bias.Slice(firstColumn), bias, columns);
        }

        public void Apply(int row, int rows, int column, int columns)
        {
            if (linear.EpilogueFlops == 0)
                return;
            float* biasHere = linear.epilogue.Bias.IsNull ? null : bias + (column - firstColumn);
            for (int end = row + rows; row < end; row++)
            {
                float* gate = linear.epilogue.Gate.IsNull ? null : linear.epilogue.Gate.Of(row) + column;
                long first = (long)row * linear.outputs + column;
                int j = 0;
                for (; j + TSimd.Lanes <= columns; j += TSimd.Lanes)
                {
                    TVector value = Transform(TSimd.Load(linear.y + first + j), first + j, biasHere, gate, j, TSimd.Lanes);
                    TSimd.Store(value, linear.y + first + j);
                }
                if (j < columns)
                    StorePart(Transform(LoadPart(linear.y + first + j, columns - j), first + j, biasHere, gate, j, columns - j), linear.y + first + j, columns - j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Transform(TVector value, long index, float* biasHere, float* gate, int j, int count)
        {
            if (biasHere is not null)
                value = TSimd.Add(value, Load(biasHere + j, count));
            if (linear.epilogue.Activation == LinearActivation.GeluTanh)
                value = SimdMath<TSimd, TVector>.GeluTanh(value);
            else if (linear.epilogue.Activation == LinearActivation.Silu)
                value = SimdMath<TSimd, TVector>.Silu(value);
            if (linear.epilogue.Factor is not null)
                value = TSimd.Multiply(value, Load(linear.epilogue.Factor + index, count));
            if (gate is not null)
                value = TSimd.Multiply(value, Load(gate + j, count));
            if (linear.epilogue.Residual is not null)
                value = TSimd.Add(value, Load(linear.epilogue.Residual + index, count));
            return value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Load(float* source, int count) => count == TSimd.Lanes ? TSimd.Load(source) : LoadPart(source, count);

        private static TVector LoadPart(float* source, int count)
        {
            float* whole = stackalloc float[TSimd.Lanes];
            new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(whole, count));
            return TSimd.Load(whole);
        }

        private static void StorePart(TVector value, float* target, int count)
        {
            float* whole = stackalloc float[TSimd.Lanes];
            TSimd.Store(value, whole);
            new ReadOnlySpan<float>(whole, count).CopyTo(new Span<float>(target, count));
        }
    }
}
