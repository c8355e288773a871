using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for a few rows, which costs what reading the weights costs: they stream through once, unpacked, as dot
    /// products of three rows of weights with four of x.
    /// </summary>
    private readonly struct Strips<TSimd, TVector>(Linear linear) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int WeightRows = 3, XRows = 4;
        private const int WeightsPerStrip = 128 * 1024;

        private readonly int height = Math.Max(1, WeightsPerStrip / (WeightRows * linear.inputs)) * WeightRows;

        public int Count => LinearGrid.Parts(linear.outputs, height);

        public void Run(int item, CpuWorker worker)
        {
            int inputs = linear.inputs, outputs = linear.outputs;
            int start = item * height, end = Math.Min(outputs, start + height);
            float* sums = (float*)worker.Scratch(sizeof(float) * (WeightRows * XRows * TSimd.Lanes + height + WeightRows * (long)inputs));
            float* bias = sums + WeightRows * XRows * TSimd.Lanes;
            float* staging = bias + height;
            var finish = new Finisher<TSimd, TVector>(linear, bias, start);
            finish.WidenBias(end - start);
            for (int column = start; column < end; column += WeightRows)
            {
                int count = Math.Min(WeightRows, end - column);
                WeightPointer weights = linear.weight.Slice((long)column * inputs);
                if (weights.Format is not (FloatFormat.F32 or FloatFormat.BF16))
                {
                    Widen.ToFloats(weights, staging, count * inputs);
                    weights = new WeightPointer(staging, FloatFormat.F32);
                }
                for (int row = 0; row < linear.rows; row += XRows)
                {
                    if (weights.Format == FloatFormat.BF16)
                        Dot<BFloat16Rows>((byte*)weights.Address, count, row, sums);
                    else
                        Dot<FloatRows>((byte*)weights.Address, count, row, sums);
                    for (int i = 0; i < XRows && row + i < linear.rows; i++)
                    {
                        for (int j = 0; j < count; j++)
                            Put(row + i, column + j, TSimd.Sum(TSimd.Load(sums + (i * WeightRows + j) * TSimd.Lanes)));
                    }
                }
            }
            finish.Apply(0, linear.rows, start, end - start);
        }

        // Rows that don't exist are the last one again; what they give isn't used. Sums leave through memory: were they
        // arguments of a call, the JIT would keep them on the stack throughout the loop.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Dot<TRows>(byte* w0, int count, int row, float* sums) where TRows : struct, IStoredRows
        {
            int inputs = linear.inputs, last = linear.rows - 1;
            byte* w1 = w0 + Math.Min(1, count - 1) * (long)inputs * TRows.Size, w2 = w0 + Math.Min(2, count - 1) * (long)inputs * TRows.Size;
            float* x0 = X(row, last), x1 = X(row + 1, last), x2 = X(row + 2, last), x3 = X(row + 3, last);
            TVector s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
            TVector s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
            int k = 0;
            for (; k + TSimd.Lanes <= inputs; k += TSimd.Lanes)
            {
                TVector a = TRows.Load<TSimd, TVector>(w0 + k * TRows.Size), b = TRows.Load<TSimd, TVector>(w1 + k * TRows.Size), c = TRows.Load<TSimd, TVector>(w2 + k * TRows.Size);
                TVector x = TSimd.Load(x0 + k);
                s00 = TSimd.MultiplyAdd(x, a, s00);
                s01 = TSimd.MultiplyAdd(x, b, s01);
                s02 = TSimd.MultiplyAdd(x, c, s02);
                x = TSimd.Load(x1 + k);
                s10 = TSimd.MultiplyAdd(x, a, s10);
                s11 = TSimd.MultiplyAdd(x, b, s11);
                s12 = TSimd.MultiplyAdd(x, c, s12);
                x = TSimd.Load(x2 + k);
                s20 = TSimd.MultiplyAdd(x, a, s20);
                s21 = TSimd.MultiplyAdd(x, b, s21);
                s22 = TSimd.MultiplyAdd(x, c, s22);
                x = TSimd.Load(x3 + k);
                s30 = TSimd.MultiplyAdd(x, a, s30);
                s31 = TSimd.MultiplyAdd(x, b, s31);
                s32 = TSimd.MultiplyAdd(x, c, s32);
            }
            Put(s00, s01, s02, sums);
            Put(s10, s11, s12, sums + WeightRows * TSimd.Lanes);
            Put(s20, s21, s22, sums + 2 * WeightRows * TSimd.Lanes);
            Put(s30, s31, s32, sums + 3 * WeightRows * TSimd.Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Put(TVector a, TVector b, TVector c, float* sums)
        {
            TSimd.Store(a, sums);
            TSimd.Store(b, sums + TSimd.Lanes);
            TSimd.Store(c, sums + 2 * TSimd.Lanes);
        }

        private float* X(int row, int last) => linear.x + (long)Math.Min(row, last) * linear.inputs;

        // With the odd inputs at the end, which fill no vector.
        private void Put(int row, int column, float sum)
        {
            for (int k = linear.inputs - linear.inputs % TSimd.Lanes; k < linear.inputs; k++)
                sum += linear.x[(long)row * linear.inputs + k] * linear.weight[(long)column * linear.inputs + k];
            linear.y[(long)row * linear.outputs + column] = sum;
        }
    }
}
