using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for up to four rows, which costs what reading the weights costs: they stream through once, as they lie, as
    /// dot products of three rows of weights with those of x.
    /// </summary>
    private readonly struct Strips<TSimd, TVector, TCount>(Linear linear) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
        where TCount : struct, IRowCount
    {
        private const int WeightRows = 3;
        private const int PrefetchInputs = 16; // a few lines at a time: more would hold up what else misses L1
        private const int WeightsPerStrip = 128 * 1024;

        private readonly float* x = linear.x.Floats;
        private readonly float* y = linear.y.Floats;

        private readonly int height = Math.Max(1, WeightsPerStrip / (WeightRows * linear.inputs)) * WeightRows;

        public int Count => LinearGrid.Parts(linear.outputs, height);

        public void Run(int item, CpuWorker worker)
        {
            int start = item * height, end = Math.Min(linear.outputs, start + height);
            int sumFloats = WeightRows * TCount.Value * TSimd.Lanes;
            float* sums = (float*)worker.Scratch(sizeof(float) * (sumFloats + height + WeightRows * (long)linear.inputs));
            float* bias = sums + sumFloats, staging = bias + height;
            var finish = new Finisher<TSimd, TVector>(linear, bias, start);
            finish.WidenBias(end - start);
            for (int column = start; column < end; column += WeightRows)
            {
                int count = Math.Min(WeightRows, end - column);
                Elements weights = linear.weight.Slice((long)column * linear.inputs);
                switch (weights.Format)
                {
                    case ElementFormat.F32:
                        Dot<FloatRows>((byte*)weights.Address, count, sums);
                        break;
                    case ElementFormat.BF16:
                        Dot<BFloat16Rows>((byte*)weights.Address, count, sums);
                        break;
                    case ElementFormat.F16:
                        Dot<HalfRows>((byte*)weights.Address, count, sums);
                        break;
                    default:
                        Widen.ToFloats(weights, staging, count * linear.inputs);
                        Dot<FloatRows>((byte*)staging, count, sums);
                        break;
                }
                for (int i = 0; i < linear.Rows; i++)
                {
                    for (int j = 0; j < count; j++)
                        Put(i, column + j, TSimd.Sum(TSimd.Load(sums + (i * WeightRows + j) * TSimd.Lanes)));
                }
            }
            finish.Apply(0, linear.Rows, start, end);
        }

        // Rows that don't exist are the last one again; what they give isn't used. Sums leave through memory: were they
        // arguments of a call, the JIT would keep them on the stack throughout the loop.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Dot<TRows>(byte* w0, int count, float* sums) where TRows : struct, IStoredRows
        {
            int inputs = linear.inputs, last = linear.Rows - 1;
            nint stride = (nint)inputs * TRows.Size;
            byte* w1 = w0 + Math.Min(1, count - 1) * stride, w2 = w0 + Math.Min(2, count - 1) * stride, ahead = w0 + WeightRows * stride;
            float* x0 = X(0, last), x1 = X(1, last), x2 = X(2, last), x3 = X(3, last);
            TVector s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
            TVector s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
            for (int k = 0, end = inputs - inputs % TSimd.Lanes; k < end;)
            {
                int blockEnd = Math.Min(end, k + PrefetchInputs);
                if (Sse.IsSupported && TRows.Size < sizeof(float)) // three streams of fp32 the hardware foresees, and faster
                {
                    for (int i = 0; i < WeightRows * PrefetchInputs * TRows.Size; i += 64)
                        Sse.Prefetch0(ahead + i);
                    ahead += WeightRows * PrefetchInputs * TRows.Size;
                }
                for (; k < blockEnd; k += TSimd.Lanes)
                {
                    TVector a = TRows.Load<TSimd, TVector>(w0 + (nint)k * TRows.Size);
                    TVector b = TRows.Load<TSimd, TVector>(w1 + (nint)k * TRows.Size);
                    TVector c = TRows.Load<TSimd, TVector>(w2 + (nint)k * TRows.Size);
                    Step(TSimd.Load(x0 + k), a, b, c, ref s00, ref s01, ref s02);
                    if (TCount.Value > 1)
                        Step(TSimd.Load(x1 + k), a, b, c, ref s10, ref s11, ref s12);
                    if (TCount.Value > 2)
                    {
                        Step(TSimd.Load(x2 + k), a, b, c, ref s20, ref s21, ref s22);
                        Step(TSimd.Load(x3 + k), a, b, c, ref s30, ref s31, ref s32);
                    }
                }
            }
            Put(s00, s01, s02, sums);
            if (TCount.Value > 1)
                Put(s10, s11, s12, sums + WeightRows * TSimd.Lanes);
            if (TCount.Value > 2)
            {
                Put(s20, s21, s22, sums + 2 * WeightRows * TSimd.Lanes);
                Put(s30, s31, s32, sums + 3 * WeightRows * TSimd.Lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step(TVector x, TVector a, TVector b, TVector c, ref TVector s0, ref TVector s1, ref TVector s2)
        {
            s0 = TSimd.MultiplyAdd(x, a, s0);
            s1 = TSimd.MultiplyAdd(x, b, s1);
            s2 = TSimd.MultiplyAdd(x, c, s2);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Put(TVector a, TVector b, TVector c, float* sums)
        {
            TSimd.Store(a, sums);
            TSimd.Store(b, sums + TSimd.Lanes);
            TSimd.Store(c, sums + 2 * TSimd.Lanes);
        }

        private float* X(int row, int last) => x + (long)Math.Min(row, last) * linear.inputs;

        // With the odd inputs at the end, which fill no vector.
        private void Put(int row, int column, float sum)
        {
            for (int k = linear.inputs - linear.inputs % TSimd.Lanes; k < linear.inputs; k++)
                sum += x[(long)row * linear.inputs + k] * linear.weight[(long)column * linear.inputs + k];
            y[(long)row * linear.outputs + column] = sum;
        }
    }

    /// <summary>A number that the JIT knows.</summary>
    private interface IRowCount
    {
        static abstract int Value { get; }
    }

    private readonly struct OneRow : IRowCount
    {
        public static int Value => 1;
    }

    private readonly struct TwoRows : IRowCount
    {
        public static int Value => 2;
    }

    private readonly struct FourRows : IRowCount
    {
        public static int Value => 4;
    }
}
