using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for five to sixteen rows: too few to pay for packing the weights, enough to fill vectors. A vector holds one
    /// input of as many rows; each weight is multiplied with it, read where it lies, or widened a few rows at a time.
    /// </summary>
    private readonly struct RowVectors<TSimd, TVector, TShape>(Linear linear, int threads) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
        where TShape : struct, IVectorPair
    {
        private const int WeightRows = 6;
        private const int PrefetchInputs = 8; // a few lines at a time: more would hold up what else misses L1
        private const int StripsPerThread = 4, SmallestStrip = 16 * WeightRows; // a strip packs x for itself

        private readonly int height = LinearGrid.RoundUp(
            Math.Max(SmallestStrip, LinearGrid.Parts(linear.outputs, StripsPerThread * threads)), WeightRows);

        public int Count => LinearGrid.Parts(linear.outputs, height);

        private static int Columns => TSimd.Lanes * 2 / TShape.Inputs;

        private int VectorInputs => linear.inputs / TShape.Inputs * TShape.Inputs;

        public void Run(int item, CpuWorker worker)
        {
            int inputs = linear.inputs, start = item * height, end = Math.Min(linear.outputs, start + height);
            int panels = LinearGrid.Parts(linear.Rows, Columns);
            long panelFloats = (long)inputs * Columns, tileFloats = WeightRows * 2 * TSimd.Lanes;
            float* x = (float*)worker.Scratch(
                sizeof(float) * (panels * panelFloats + Panels.Spill + tileFloats + height + WeightRows * (long)inputs));
            float* tile = x + panels * panelFloats + Panels.Spill, bias = tile + tileFloats, staging = bias + height;
            for (int i = 0; i < panels; i++)
            {
                float* rows = linear.x.Floats + (long)i * Columns * inputs;
                int count = Math.Min(Columns, linear.Rows - i * Columns);
                Panels.Transpose<FloatRows>(rows, inputs * (long)sizeof(float), count, inputs, x + i * panelFloats, Columns);
            }
            var finish = new Finisher<TSimd, TVector>(linear, bias, start);
            finish.WidenBias(end - start);
            for (int column = start; column < end; column += WeightRows)
            {
                int count = Math.Min(WeightRows, end - column);
                Elements rows = linear.weight.Slice((long)column * inputs), next = rows.Slice((long)count * inputs);
                int nextBytes = (int)next.RoughBytes(WeightRows * PrefetchInputs);
                float* weights = rows.Format == ElementFormat.F32 ? (float*)rows.Address : staging;
                if (weights == staging)
                    Widen.ToFloats(rows, staging, count * inputs);
                for (int i = 0; i < panels; i++)
                {
                    Multiply(weights, count, x + i * panelFloats, tile, (byte*)next.Address, nextBytes);
                    Put(tile, i * Columns, column, count);
                }
            }
            finish.Apply(0, linear.Rows, start, end);
        }

        // tile[i, j] = Σₖ weights[i, k] · x[k, j], even and odd k apart where inputs go in pairs. Rows that don't exist are the last
        // one again; what they give isn't used.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(float* w0, int count, float* x, float* tile, byte* ahead, int aheadBytes)
        {
            int last = count - 1;
            nint stride = linear.inputs, end = VectorInputs;
            float* w1 = w0 + Math.Min(1, last) * stride, w2 = w0 + Math.Min(2, last) * stride, w3 = w0 + Math.Min(3, last) * stride;
            float* w4 = w0 + Math.Min(4, last) * stride, w5 = w0 + Math.Min(5, last) * stride;
            TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
            TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
            for (nint k = 0; k < end;)
            {
                nint blockEnd = Math.Min(end, k + PrefetchInputs);
                if (Sse.IsSupported)
                {
                    for (int i = 0; i < aheadBytes; i += 64)
                        Sse.Prefetch1(ahead + i);
                    ahead += aheadBytes;
                }
                for (; k < blockEnd; k += TShape.Inputs, x += 2 * TSimd.Lanes)
                {
                    TVector x0 = TSimd.Load(x), x1 = TSimd.Load(x + TSimd.Lanes);
                    Step(w0 + k, x0, x1, ref c00, ref c01);
                    Step(w1 + k, x0, x1, ref c10, ref c11);
                    Step(w2 + k, x0, x1, ref c20, ref c21);
                    Step(w3 + k, x0, x1, ref c30, ref c31);
                    Step(w4 + k, x0, x1, ref c40, ref c41);
                    Step(w5 + k, x0, x1, ref c50, ref c51);
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
        private static void Step(float* weights, TVector x0, TVector x1, ref TVector c0, ref TVector c1)
        {
            c0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[0]), x0, c0);
            c1 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[TShape.Inputs - 1]), x1, c1);
        }

        // With the odd input at the end, which is in no pair.
        private void Put(float* tile, int row, int column, int count)
        {
            int inputs = linear.inputs;
            float* y = linear.y.Floats;
            for (int j = 0; j < Columns && row + j < linear.Rows; j++)
            {
                float* x = linear.x.Floats + (row + j) * (long)inputs;
                for (int i = 0; i < count; i++)
                {
                    float* sums = tile + i * 2 * TSimd.Lanes + j;
                    float sum = TShape.Inputs == 1 ? sums[0] : sums[0] + sums[TSimd.Lanes];
                    for (int k = VectorInputs; k < inputs; k++)
                        sum += x[k] * linear.weight[(column + i) * (long)inputs + k];
                    y[(row + j) * (long)linear.outputs + column + i] = sum;
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
