using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Atomics of the types that PTX has, on places that all threads share, and a flag that is released and acquired.</summary>
/// <param name="x">[threads]</param> <param name="words">add, max, min, and, or, xor, inc, dec of 32 bits: [8]</param>
/// <param name="longs">add, max, min, and, or, xor of 64 bits: [6]</param> <param name="halves">sums of f16: [2]</param>
/// <param name="pairs">sums of pairs: [1]</param>
/// <param name="largest">the largest of x, by comparing and exchanging</param> <param name="message">written by block 0, read by the
/// others: [blocks]</param>
/// <param name="flag">zero before</param>
[KernelName("atomic_forms")]
public readonly struct AtomicForms(
    View<float> x, View<uint> words, View<long> longs, View<Half> halves, View<Half2> pairs, View<float> largest, View<int> message,
    View<uint> flag) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        uint bits = 1u << (i % 32);
        Atomic.Accumulate(ref words[0], (uint)i);
        Atomic.Max(ref words[1], (uint)i);
        Atomic.Min(ref words[2], (uint)i);
        Atomic.And(ref words[3], ~(bits & 0xf0f0));
        Atomic.Or(ref words[4], bits);
        Atomic.Xor(ref words[5], bits * 3);
        Atomic.Increment(ref words[6], 9);
        Atomic.Decrement(ref words[7], 9);
        Atomic.Add(ref longs[0], -i);
        Atomic.Max(ref longs[1], (long)i << 32);
        Atomic.Min(ref longs[2], -((long)i << 32));
        Atomic.And(ref longs[3], ~((long)bits << 20));
        Atomic.Or(ref longs[4], (long)bits << 20);
        Atomic.Xor(ref longs[5], (long)bits << 20);
        Atomic.Accumulate(ref halves[0], (Half)1f);
        if (i % 2 == 0)
            Atomic.Add(ref halves[1], (Half)0.25f);
        Atomic.Add(ref pairs[0], Half2.Both(0.5f));
        float seen = Volatile.Read(ref largest[0]);
        while (x[i] > seen)
        {
            float before = Atomic.CompareExchange(ref largest[0], x[i], seen);
            if (before == seen)
                break;
            seen = before;
        }
        Pass();
    }

    /// <summary>What comes before the release is there after the acquire.</summary>
    private void Pass()
    {
        if (Block.ThreadX != 0)
            return;
        if (Grid.BlockX == 0)
        {
            message[0] = 42;
            Atomic.Exchange(ref flag[0], 1u, MemoryOrder.Release);
            return;
        }
        while (Atomic.Or(ref flag[0], 0u, MemoryOrder.Acquire) == 0)
            Device.Sleep(100);
        message[Grid.BlockX] = message[0] + Grid.BlockX;
    }
}
