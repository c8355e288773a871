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
            float* bias = (float*)worker.Scratch(sizeof(float) * (height + WeightRows * (long)inputs));
            float* staging = bias + height;
            var finish = new Finisher<TSimd, TVector>(linear, bias, start);
            finish.WidenBias(end - start);
            for (int column = start; column < end; column += WeightRows)
            {
                int count = Math.Min(WeightRows, end - column);
                float* weights = Rows(column, count, staging);
                for (int row = 0; row < linear.rows; row += XRows)
                    Dot(weights, count, row, column);
            }
            finish.Apply(0, linear.rows, start, end - start);
        }

        private float* Rows(int column, int count, float* staging)
        {
            WeightPointer weights = linear.weight.Slice((long)column * linear.inputs);
            if (weights.Format == FloatFormat.F32)
                return (float*)weights.Address;
            Widen.ToFloats(weights, staging, count * linear.inputs);
            return staging;
        }

        // Rows that don't exist are the last one again; what they give isn't stored.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Dot(float* w0, int count, int row, int column)
        {
            int inputs = linear.inputs, last = linear.rows - 1;
            float* w1 = w0 + Math.Min(1, count - 1) * (long)inputs, w2 = w0 + Math.Min(2, count - 1) * (long)inputs;
            float* x0 = X(row, last), x1 = X(row + 1, last), x2 = X(row + 2, last), x3 = X(row + 3, last);
            TVector s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
            TVector s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
            int k = 0;
            for (; k + TSimd.Lanes <= inputs; k += TSimd.Lanes)
            {
                TVector a = TSimd.Load(w0 + k), b = TSimd.Load(w1 + k), c = TSimd.Load(w2 + k);
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
            Put(row, column, count, x0, w0, k, s00, s01, s02);
            Put(row + 1, column, count, x1, w0, k, s10, s11, s12);
            Put(row + 2, column, count, x2, w0, k, s20, s21, s22);
            Put(row + 3, column, count, x3, w0, k, s30, s31, s32);
        }

        private float* X(int row, int last) => linear.x + (long)Math.Min(row, last) * linear.inputs;

        private void Put(int row, int column, int count, float* x, float* w, int k, TVector s0, TVector s1, TVector s2)
        {
            if (row >= linear.rows)
                return;
            float* target = linear.y + (long)row * linear.outputs + column;
            target[0] = TSimd.Sum(s0) + Tail(x, w, k);
            if (count > 1)
                target[1] = TSimd.Sum(s1) + Tail(x, w + linear.inputs, k);
            if (count > 2)
                target[2] = TSimd.Sum(s2) + Tail(x, w + 2L * linear.inputs, k);
        }

        private float Tail(float* x, float* w, int k)
        {
            float sum = 0;
            for (; k < linear.inputs; k++)
                sum += x[k] * w[k];
            return sum;
        }
    }
}
