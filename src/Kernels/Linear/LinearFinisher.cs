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
                int done = ApplyVectors<PairSimd<TSimd, TVector>, VectorPair<TVector>>(first, biasHere, gate, 0, columns);
                done = ApplyVectors<TSimd, TVector>(first, biasHere, gate, done, columns);
                if (done == columns)
                    continue;
                float* rest = linear.y + first + done;
                TVector value = PartialVector<TSimd, TVector>.Load(rest, columns - done);
                value = Transform<TSimd, TVector>(value, first + done, biasHere, gate, done, columns - done);
                PartialVector<TSimd, TVector>.Store(value, rest, columns - done);
            }
        }

        // As many whole vectors as there are; returns the column behind them.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int ApplyVectors<TAny, TAnyVector>(long first, float* biasHere, float* gate, int j, int columns)
            where TAny : struct, ISimd<TAnyVector>
            where TAnyVector : unmanaged
        {
            for (; j + TAny.Lanes <= columns; j += TAny.Lanes)
            {
                float* y = linear.y + first + j;
                TAny.Store(Transform<TAny, TAnyVector>(TAny.Load(y), first + j, biasHere, gate, j, TAny.Lanes), y);
            }
            return j;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TAnyVector Transform<TAny, TAnyVector>(TAnyVector value, long index, float* biasHere, float* gate, int j, int count)
            where TAny : struct, ISimd<TAnyVector>
            where TAnyVector : unmanaged
        {
            if (biasHere is not null)
                value = TAny.Add(value, Load<TAny, TAnyVector>(biasHere + j, count));
            if (linear.epilogue.Activation == LinearActivation.GeluTanh)
                value = SimdMath<TAny, TAnyVector>.GeluTanh(value);
            else if (linear.epilogue.Activation == LinearActivation.Silu)
                value = SimdMath<TAny, TAnyVector>.Silu(value);
            if (linear.epilogue.Factor is not null)
                value = TAny.Multiply(value, Load<TAny, TAnyVector>(linear.epilogue.Factor + index, count));
            if (gate is not null)
                value = TAny.Multiply(value, Load<TAny, TAnyVector>(gate + j, count));
            if (linear.epilogue.Residual is not null)
                value = TAny.Add(value, Load<TAny, TAnyVector>(linear.epilogue.Residual + index, count));
            return value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TAnyVector Load<TAny, TAnyVector>(float* source, int count)
            where TAny : struct, ISimd<TAnyVector>
            where TAnyVector : unmanaged =>
            count == TAny.Lanes ? TAny.Load(source) : PartialVector<TAny, TAnyVector>.Load(source, count);
    }
}
