using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for five to sixteen rows: too few to pay for packing the weights, enough to fill vectors. A vector holds one
    /// input of as many rows; each weight, read where it lies, is multiplied with it.
    /// </summary>
    private readonly struct RowVectors<TSimd, TVector, TShape>(Linear linear, int threads) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
        where TShape : struct, IVectorPair
    {
        private const int WeightRows = 6;
        private const int PrefetchInputs = 64;
        private const int StripsPerThread = 4, SmallestStrip = 16 * WeightRows; // a strip packs x for itself

        private readonly int height = LinearGrid.RoundUp(
            Math.Max(SmallestStrip, LinearGrid.Parts(linear.outputs, StripsPerThread * threads)), WeightRows);

        public int Count => LinearGrid.Parts(linear.outputs, height);

        private static int Columns => TSimd.Lanes * 2 / TShape.Inputs;

        // The last input, beyond which nothing can be read, and one more where inputs go in pairs.
        private int VectorInputs => (linear.inputs - 1) / TShape.Inputs * TShape.Inputs;

        public void Run(int item, CpuWorker worker)
        {
            int inputs = linear.inputs, start = item * height, end = Math.Min(linear.outputs, start + height);
            int panels = LinearGrid.Parts(linear.rows, Columns);
            long panelFloats = (long)inputs * Columns, tileFloats = WeightRows * 2 * TSimd.Lanes;
            float* x = (float*)worker.Scratch(
                sizeof(float) * (panels * panelFloats + Panels.Spill + tileFloats + height + WeightRows * (long)inputs));
            float* tile = x + panels * panelFloats + Panels.Spill, bias = tile + tileFloats, staging = bias + height;
            for (int i = 0; i < panels; i++)
            {
                float* rows = linear.x + (long)i * Columns * inputs;
                int count = Math.Min(Columns, linear.rows - i * Columns);
                Panels.Transpose<FloatRows>(rows, inputs * (long)sizeof(float), count, inputs, x + i * panelFloats, Columns);
            }
            var finish = new Finisher<TSimd, TVector>(linear, bias, start);
            finish.WidenBias(end - start);
            for (int column = start; column < end; column += WeightRows)
            {
                int count = Math.Min(WeightRows, end - column);
                WeightPointer weights = linear.InPlace(column, count, staging);
                for (int i = 0; i < panels; i++)
                {
                    if (weights.Format == FloatFormat.BF16)
                        Multiply<BFloat16Rows>((byte*)weights.Address, count, x + i * panelFloats, tile);
                    else
                        Multiply<FloatRows>((byte*)weights.Address, count, x + i * panelFloats, tile);
                    Put(tile, i * Columns, column, count);
                }
            }
            finish.Apply(0, linear.rows, start, end - start);
        }

        // tile[i, j] = Σₖ weights[i, k] · x[k, j], even and odd k apart where inputs go in pairs. Rows that don't exist are the last
        // one again; what they give isn't used.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply<TRows>(byte* w0, int count, float* x, float* tile) where TRows : struct, IStoredRows
        {
            int last = count - 1;
            nint stride = (nint)linear.inputs * TRows.Size, end = (nint)VectorInputs * TRows.Size;
            byte* w1 = w0 + Math.Min(1, last) * stride, w2 = w0 + Math.Min(2, last) * stride, w3 = w0 + Math.Min(3, last) * stride;
            byte* w4 = w0 + Math.Min(4, last) * stride, w5 = w0 + Math.Min(5, last) * stride, ahead = w0 + WeightRows * stride;
            TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
            TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
            for (nint k = 0; k < end;)
            {
                nint blockEnd = Math.Min(end, k + PrefetchInputs * TRows.Size);
                if (Sse.IsSupported)
                {
                    for (int i = 0; i < WeightRows * PrefetchInputs * TRows.Size; i += 64)
                        Sse.Prefetch1(ahead + i);
                    ahead += WeightRows * PrefetchInputs * TRows.Size;
                }
                for (; k < blockEnd; k += TShape.Inputs * TRows.Size, x += 2 * TSimd.Lanes)
                {
                    TVector x0 = TSimd.Load(x), x1 = TSimd.Load(x + TSimd.Lanes);
                    Step<TRows>(w0 + k, x0, x1, ref c00, ref c01);
                    Step<TRows>(w1 + k, x0, x1, ref c10, ref c11);
                    Step<TRows>(w2 + k, x0, x1, ref c20, ref c21);
                    Step<TRows>(w3 + k, x0, x1, ref c30, ref c31);
                    Step<TRows>(w4 + k, x0, x1, ref c40, ref c41);
                    Step<TRows>(w5 + k, x0, x1, ref c50, ref c51);
                }
            }
            TSimd.Store(c00, tile);
            TSimd.Store(c01, tile + TSimd.Lanes);
            TSimd.Store(c10, tile + 2 * TSimd.Lanes);
            TSimd.Store(c11, tile + 3 * TSimd.Lanes);
            TSimd.Store(c20, tile + 4 * TSimd.Lanes);
            TSimd.Store(c21, tile + 5 * TSimd.Lanes);
            TSimd.Store(c30, tile + 6 * TSimd.Lanes);
            TSimd.Store(c31, tile + 7 * TSimd.Lanes);
            TSimd.Store(c40, tile + 8 * TSimd.Lanes);
            TSimd.Store(c41, tile + 9 * TSimd.Lanes);
            TSimd.Store(c50, tile + 10 * TSimd.Lanes);
            TSimd.Store(c51, tile + 11 * TSimd.Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<TRows>(byte* weights, TVector x0, TVector x1, ref TVector c0, ref TVector c1) where TRows : struct, IStoredRows
        {
            c0 = TSimd.MultiplyAdd(TRows.Broadcast<TSimd, TVector>(weights), x0, c0);
            c1 = TSimd.MultiplyAdd(TRows.Broadcast<TSimd, TVector>(weights + (TShape.Inputs - 1) * TRows.Size), x1, c1);
        }

        // With the inputs that the vectors left out.
        private void Put(float* tile, int row, int column, int count)
        {
            int inputs = linear.inputs;
            for (int j = 0; j < Columns && row + j < linear.rows; j++)
            {
                float* x = linear.x + (row + j) * (long)inputs;
                for (int i = 0; i < count; i++)
                {
                    float* sums = tile + i * 2 * TSimd.Lanes + j;
                    float sum = TShape.Inputs == 1 ? sums[0] : sums[0] + sums[TSimd.Lanes];
                    for (int k = VectorInputs; k < inputs; k++)
                        sum += x[k] * linear.weight[(column + i) * (long)inputs + k];
                    linear.y[(row + j) * (long)linear.outputs + column + i] = sum;
                }
            }
        }
    }

    /// <summary>What the two vectors of x are that a weight, or a pair of weights, is multiplied with.</summary>
    private interface IVectorPair
    {
        /// <summary>1: the same input of twice as many rows. 2: two inputs.</summary>
        static abstract int Inputs { get; }
    }

    private readonly struct OneInput : IVectorPair
    {
        public static int Inputs => 1;
    }

    private readonly struct TwoInputs : IVectorPair
    {
        public static int Inputs => 2;
    }
}
