using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Samples.Kernels;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Samples that no other compiler's program stands beside: against the same in C#, on the host.</summary>
public sealed class LanguageSampleTests
{
    private static readonly Random Random = new(11);

    [Fact]
    public void AStructGoesThroughTheWarp()
    {
        double[] x = [.. Enumerable.Range(0, 256).Select(_ => (double)Random.Next(20))];
        var largest = new double[x.Length / Warp.Size];
        var places = new short[largest.Length];
        RunSoundly(new EmulatedLaunch(typeof(ArgMax)).View(x).View(largest).View(places), 4);
        for (int warp = 0; warp < largest.Length; warp++)
        {
            double[] row = x[(warp * Warp.Size)..((warp + 1) * Warp.Size)];
            Assert.Equal(row.Max(), largest[warp]);
            Assert.Equal(Array.IndexOf(row, row.Max()), places[warp]);
        }
    }

    [Fact]
    public void AtomicsOfEveryForm()
    {
        const int Blocks = 3, Threads = 64 * Blocks;
        float[] x = [.. Enumerable.Range(0, Threads).Select(_ => Random.NextSingle() - 0.5f)], largest = [-1];
        uint[] words = [5, 7, 50, uint.MaxValue, 0, 0, 0, 0];
        long[] longs = [-5, 0, 0, -1, 0, 0];
        var halves = new Half[2];
        var pairs = new Half2[1];
        var message = new int[Blocks];
        EmulatedLaunch launch = new EmulatedLaunch(typeof(AtomicForms)).View(x).View(words).View(longs).View(halves).View(pairs);
        RunSoundly(launch.View(largest).View(message).View(new uint[1]), Blocks);
        const int Sum = Threads * (Threads - 1) / 2;
        // each bit is flipped by an even number of threads, and 192 steps through 10 numbers are 2 beyond a round
        Assert.Equal([5u + Sum, Threads - 1, 0, ~0xf0f0u, uint.MaxValue, 0, Threads % 10, 10 - Threads % 10], words);
        const long Last = Threads - 1, Ones = (long)uint.MaxValue << 20;
        Assert.Equal([-5L - Sum, Last << 32, -(Last << 32), ~Ones, Ones, 0], longs);
        Assert.Equal([(Half)Threads, (Half)(Threads / 8)], halves);
        Assert.Equal((Threads / 2f, Threads / 2f), (pairs[0].Low, pairs[0].High));
        Assert.Equal(x.Max(), largest[0]);
        Assert.Equal([42, 43, 44], message);
    }

    [Fact]
    public void AnArrayIsIndexedByData()
    {
        const int Threads = 64, Count = 23;
        uint[] x = [.. Enumerable.Range(0, Threads * Count).Select(_ => (uint)Random.Next())];
        var digits = new byte[Threads * 10];
        RunSoundly(new EmulatedLaunch(typeof(DigitCounts)).View(x).Value(Count).View(digits), 2);
        for (int thread = 0; thread < Threads; thread++)
        {
            var counts = x.Skip(thread * Count).Take(Count).CountBy(n => (byte)(n % 10)).ToDictionary();
            IEnumerable<byte> order = Enumerable.Range(0, 10).Select(d => (byte)d).OrderByDescending(d => counts.GetValueOrDefault(d));
            Assert.Equal(order, digits[(thread * 10)..((thread + 1) * 10)]);
        }
    }

    /// <summary>The host's conversions give the bits of the emulator's.</summary>
    [Fact]
    public void FloatsOfEightBits()
    {
        const float Scale = 4;
        float[] x =
        [
            .. Enumerable.Range(0, 1000).Select(_ => (Random.NextSingle() - 0.5f) * MathF.ScaleB(1, Random.Next(-24, 20))), float.NaN,
            float.PositiveInfinity, float.NegativeInfinity, -0f, 448 / Scale, 464 / Scale, 57344, 61440, -1e9f, float.Epsilon,
        ];
        var narrow = new Float8E4M3[x.Length];
        var wide = new float[x.Length];
        var pairs = new Float8E5M2x2[x.Length / 2];
        RunSoundly(new EmulatedLaunch(typeof(Float8Rows)).View(x).View(narrow).View(wide).View(pairs).Value(Scale).Value(x.Length), 8);
        Assert.Equal(x.Select(v => ((Float8E4M3)(v * Scale)).Bits), narrow.Select(v => v.Bits));
        Assert.Equal(narrow.Select(v => v / Scale), wide);
        Assert.Equal(x.Chunk(2).Select(pair => Float8E5M2x2.From(pair[0], pair[1]).Bits), pairs.Select(p => p.Bits));
    }

    /// <summary>Within what the documentation of <see cref="Approximate"/> allows.</summary>
    [Fact]
    public void ApproximateFunctions()
    {
        const int N = 500;
        const float Gamma = 2.2f;
        Float2[] uniform = [.. Enumerable.Range(0, N).Select(_ => new Float2(1 - Random.NextSingle(), 1 - Random.NextSingle()))];
        var normal = new Float2[N];
        float[] curve = new float[N], slope = new float[N];
        RunSoundly(new EmulatedLaunch(typeof(NormalNumbers)).View(uniform).View(normal).View(curve).View(slope).Value(Gamma).Value(N), 8);
        for (int i = 0; i < N; i++)
        {
            (double u, double v) = (uniform[i].X, uniform[i].Y);
            double log = Math.Log(u), radius = Math.Sqrt(-2 * log), angle = 2 * MathF.PI * uniform[i].Y;
            double logError = u < 0.5 ? Math.Abs(log) * Math.ScaleB(1, -21) : Math.ScaleB(1, -22);
            double radiusError = radius * 1e-6 + logError / radius;
            Assert.Equal(radius * Math.Cos(angle), normal[i].X, radiusError + radius * Math.Pow(2, -20.5));
            Assert.Equal(radius * Math.Sin(angle), normal[i].Y, radiusError + radius * Math.Pow(2, -20.5));
            double power = Math.Pow(u, Gamma);
            Assert.Equal(power, curve[i], power * (Math.Abs(Gamma * Math.Log2(u)) * Math.ScaleB(1, -22) + Math.ScaleB(1, -21)) + 1e-7);
            Assert.Equal(Math.Tan(v), slope[i], 2 * Math.Pow(2, -20.5) * (1 + Math.Tan(v)) / Math.Cos(v));
        }
    }

    private static void RunSoundly(EmulatedLaunch launch, int blocks) => Assert.Null(launch.Run(new Dim3(blocks, 1, 1)).Fault);
}
