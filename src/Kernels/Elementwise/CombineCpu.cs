using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Combine
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Elements(this));

    private readonly struct Elements(Combine terms) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, CpuWorker worker)
        {
            (long i, long end) = ElementBlocks.Range(item, terms.count);
            for (; i <= end - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> sum = terms.ca * Vector256.Load(terms.a + i);
                if (terms.b is not null)
                    sum += terms.cb * Vector256.Load(terms.b + i);
                if (terms.c is not null)
                    sum += terms.cc * Vector256.Load(terms.c + i);
                sum.Store(terms.y + i);
            }
            for (; i < end; i++)
            {
                float sum = terms.ca * terms.a[i];
                if (terms.b is not null)
                    sum += terms.cb * terms.b[i];
                if (terms.c is not null)
                    sum += terms.cc * terms.c[i];
                terms.y[i] = sum;
            }
        }
    }
}
