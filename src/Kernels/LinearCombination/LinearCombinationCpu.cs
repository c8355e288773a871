using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct LinearCombination
{
    private const int ElementsPerItem = 16 * 1024; // the part of y fits the first-level cache, which every term but the first reads

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) =>
        threads.For(checked((int)((count + ElementsPerItem - 1) / ElementsPerItem)), new Parts(this));

    private readonly struct Parts(LinearCombination operation) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            long first = (long)item * ElementsPerItem;
            int length = (int)Math.Min(ElementsPerItem, operation.count - first);
            for (int term = 0; term < operation.terms.Count; term++)
            {
                Accumulate(
                    operation.terms[term].Factor, operation.terms[term].X.Floats + first, operation.y.Floats + first, length, term > 0);
            }
        }

        // A multiplication and an addition, never a fused one: the bits are those of the naive form, and of the reference.
        private static void Accumulate(float factor, float* x, float* y, int length, bool adds)
        {
            int i = 0;
            for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
            {
                Vector256<float> product = Vector256.Load(x + i) * factor;
                Vector256.Store(adds ? Vector256.Load(y + i) + product : product, y + i);
            }
            for (; i < length; i++)
                y[i] = adds ? y[i] + factor * x[i] : factor * x[i];
        }
    }
}
