using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Devices;

/// <summary>What this machine can do at most, measured: multiply-adds on registers alone, and memory read and copied.</summary>
public static unsafe class Peak
{
    private const int Steps = 2_000_000;
    private const long CopyBytes = 256L << 20; // half read, half written

    private static double Giga => Steps * 12.0 * 2 * (Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4) / 1e9;

    /// <summary>GFLOP/s of a team of threads, in fp32 multiply-adds of the widest vectors: the best that was seen.</summary>
    public static double Flops(CpuThreads team) => TurnGigaflops(team) / Fastest(20, () => Turn(team));

    /// <summary>GFLOP of one <see cref="Turn"/>.</summary>
    public static double TurnGigaflops(CpuThreads team) => team.Count * Giga;

    /// <summary>A few milliseconds of multiply-adds, for a harness that times them beside something else.</summary>
    public static void Turn(CpuThreads team) => team.For(team.Count, new MultiplyAdds());

    /// <summary>GB/s of a team of threads that copies memory: bytes read and bytes written.</summary>
    public static double Copy(CpuThreads team)
    {
        var memory = (byte*)HostMemory.Allocate(CopyBytes);
        NativeMemory.Fill(memory, (nuint)CopyBytes, 0);
        double seconds = Fastest(8, () => team.For(Copying.Items, new Copying(memory)));
        HostMemory.Free((nint)memory);
        return CopyBytes / seconds / 1e9;
    }

    private static double Fastest(int runs, Action action)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private readonly struct MultiplyAdds : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            float sum = Vector512.IsHardwareAccelerated ? Loop512() : Vector256.IsHardwareAccelerated ? Loop256() : Loop128();
            if (sum == 1)
                throw new UnreachableException("The loop's result is used, so that it isn't optimised away.");
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop512()
        {
            Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.5f);
            Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (int step = 0; step < Steps; step++)
            {
                a = Vector512.MultiplyAddEstimate(a, x, y);
                b = Vector512.MultiplyAddEstimate(b, x, y);
                c = Vector512.MultiplyAddEstimate(c, x, y);
                d = Vector512.MultiplyAddEstimate(d, x, y);
                e = Vector512.MultiplyAddEstimate(e, x, y);
                f = Vector512.MultiplyAddEstimate(f, x, y);
                g = Vector512.MultiplyAddEstimate(g, x, y);
                h = Vector512.MultiplyAddEstimate(h, x, y);
                i = Vector512.MultiplyAddEstimate(i, x, y);
                j = Vector512.MultiplyAddEstimate(j, x, y);
                k = Vector512.MultiplyAddEstimate(k, x, y);
                l = Vector512.MultiplyAddEstimate(l, x, y);
            }
            return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop256()
        {
            Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.5f);
            Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (int step = 0; step < Steps; step++)
            {
                a = Vector256.MultiplyAddEstimate(a, x, y);
                b = Vector256.MultiplyAddEstimate(b, x, y);
                c = Vector256.MultiplyAddEstimate(c, x, y);
                d = Vector256.MultiplyAddEstimate(d, x, y);
                e = Vector256.MultiplyAddEstimate(e, x, y);
                f = Vector256.MultiplyAddEstimate(f, x, y);
                g = Vector256.MultiplyAddEstimate(g, x, y);
                h = Vector256.MultiplyAddEstimate(h, x, y);
                i = Vector256.MultiplyAddEstimate(i, x, y);
                j = Vector256.MultiplyAddEstimate(j, x, y);
                k = Vector256.MultiplyAddEstimate(k, x, y);
                l = Vector256.MultiplyAddEstimate(l, x, y);
            }
            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop128()
        {
            Vector128<float> x = Vector128.Create(0.999f), y = Vector128.Create(0.5f);
            Vector128<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (int step = 0; step < Steps; step++)
            {
                a = Vector128.MultiplyAddEstimate(a, x, y);
                b = Vector128.MultiplyAddEstimate(b, x, y);
                c = Vector128.MultiplyAddEstimate(c, x, y);
                d = Vector128.MultiplyAddEstimate(d, x, y);
                e = Vector128.MultiplyAddEstimate(e, x, y);
                f = Vector128.MultiplyAddEstimate(f, x, y);
                g = Vector128.MultiplyAddEstimate(g, x, y);
                h = Vector128.MultiplyAddEstimate(h, x, y);
                i = Vector128.MultiplyAddEstimate(i, x, y);
                j = Vector128.MultiplyAddEstimate(j, x, y);
                k = Vector128.MultiplyAddEstimate(k, x, y);
                l = Vector128.MultiplyAddEstimate(l, x, y);
            }
            return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }

    private readonly struct Copying(byte* memory) : IParallelBody
    {
        public const int Items = 64;

        public void Run(int item, CpuWorker worker)
        {
            const long Half = CopyBytes / Items / 2;
            byte* part = memory + item * 2 * Half;
            NativeMemory.Copy(part, part + Half, (nuint)Half);
        }
    }
}
