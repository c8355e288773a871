using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Benchmarks;

/// <summary>How fast this machine reads memory, measured: a plain sum over an array that fits no cache.</summary>
internal sealed unsafe class ReadLimit : IDisposable
{
    private const long Bytes = 256L << 20;
    private readonly float* memory = (float*)HostMemory.Allocate(Bytes);

    public ReadLimit() => NativeMemory.Fill(memory, (nuint)Bytes, 0);

    /// <summary>GB that one sweep reads.</summary>
    public static double Giga => Bytes / 1e9;

    /// <summary>GB/s of a team of threads: the best of a few sweeps.</summary>
    public static double Rate(CpuThreads team)
    {
        using var limit = new ReadLimit();
        double best = double.PositiveInfinity;
        for (int i = 0; i < 8; i++)
        {
            long start = Stopwatch.GetTimestamp();
            limit.Sweep(team);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return Giga / best;
    }

    /// <summary>Reads it all once.</summary>
    public void Sweep(CpuThreads team) => team.For(Reading.Items, new Reading(memory));

    public void Dispose() => HostMemory.Free((nint)memory);

    private readonly struct Reading(float* memory) : IParallelBody
    {
        public const int Items = 64;

        public void Run(int item, CpuWorker worker)
        {
            const long FloatsPerItem = Bytes / sizeof(float) / Items;
            if (Sum(memory + item * FloatsPerItem, FloatsPerItem) != 0)
                throw new UnreachableException("The memory was filled with zeros.");
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Sum(float* part, long floats)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (float* end = part + floats; part < end; part += 32)
            {
                a += Vector256.Load(part);
                b += Vector256.Load(part + 8);
                c += Vector256.Load(part + 16);
                d += Vector256.Load(part + 24);
            }
            return Vector256.Sum(a + b + c + d);
        }
    }
}
