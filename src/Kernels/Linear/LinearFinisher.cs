using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>Applies the epilogue to products that lie in y, as long as they are in the cache.</summary>
    /// <param name="bias">Room for the bias of the columns from <paramref name="firstColumn"/> on, as fp32.</param>
    private readonly struct Finisher<TSimd, TVector>(Linear linear, float* bias, int firstColumn)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private readonly float* y = linear.y.Floats;
        private readonly float* factor = linear.epilogue.Factor.Floats;
        private readonly float* residual = linear.epilogue.Residual.Floats;

        public void WidenBias(int columns)
        {
            if (!linear.epilogue.Bias.IsNull)
                Widen.ToFloats(linear.epilogue.Bias.Slice(firstColumn), bias, columns);
        }

        public void Apply(int row, int rows, int column, int columnEnd)
        {
            if (linear.EpilogueFlops == 0)
                return;
            int columns = columnEnd - column;
            float* biasHere = linear.epilogue.Bias.IsNull ? null : bias + (column - firstColumn);
            int whole = columns / TSimd.Lanes * TSimd.Lanes;
            for (int end = row + rows; row < end; row++)
            {
                float* gate = linear.epilogue.Gate.IsNull ? null : linear.epilogue.Gate.Of(row).Floats + column;
                long first = (long)row * linear.outputs + column;
                ApplyVectors(first, biasHere, gate, whole);
                if (whole == columns)
                    continue;
                float* rest = y + first + whole;
                TVector value = PartialVector<TSimd, TVector>.Load(rest, columns - whole);
                value = Transform(value, first + whole, biasHere, gate, whole, columns - whole);
                PartialVector<TSimd, TVector>.Store(value, rest, columns - whole);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ApplyVectors(long first, float* biasHere, float* gate, int columns)
        {
            for (int j = 0; j < columns; j += TSimd.Lanes)
            {
                float* target = y + first + j;
                TSimd.Store(Transform(TSimd.Load(target), first + j, biasHere, gate, j, TSimd.Lanes), target);
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
            if (factor is not null)
                value = TSimd.Multiply(value, Load(factor + index, count));
            if (gate is not null)
                value = TSimd.Multiply(value, Load(gate + j, count));
            if (residual is not null)
                value = TSimd.Add(value, Load(residual + index, count));
            return value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Load(float* source, int count) =>
            count == TSimd.Lanes ? TSimd.Load(source) : PartialVector<TSimd, TVector>.Load(source, count);
    }
}
