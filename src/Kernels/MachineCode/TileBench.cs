using System.Diagnostics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>A tile of products, and how fast it was.</summary>
/// <param name="Tiles">The tile.</param>
/// <param name="Gigaflops">GFLOP/s of a product, the median of the rounds.</param>
/// <param name="Share">Of what the same instruction does on registers alone, in the same rounds.</param>
internal readonly record struct TileTime(CpuTiles Tiles, double Gigaflops, double Share);

/// <summary>
/// Times the tiles that an arithmetic can have, on a product of a transformer's layer with random numbers: which is the fastest follows
/// from how long instructions take and how many begin at once, and from the caches.
/// </summary>
/// <param name="team">Who computes.</param>
/// <param name="rounds">How often each has its turn.</param>
internal sealed unsafe class TileBench(CpuThreads team, int rounds)
{
    private const int Rows = 994, Outputs = 1920, Inputs = 1920; // of a 2b at 9 frames of 256×256

    /// <summary>The arithmetics that this processor has instructions for, and products use.</summary>
    public static IEnumerable<TileArithmetic> Arithmetics => Rules.Select(tiles => tiles.Arithmetic);

    private static CpuTiles[] Rules =>
        [CpuTiles.Fp32(byPairs: false), CpuTiles.Fp32(byPairs: true), CpuTiles.Bf16, CpuTiles.Bf16Amx];

    /// <summary>Rows and vectors that fit into the registers, and keep the multipliers busy.</summary>
    public static IEnumerable<(int Rows, int Vectors)> Candidates(TileArithmetic arithmetic)
    {
        if (arithmetic is TileArithmetic.Amx or TileArithmetic.AmxWidened)
            return [];
        CpuTiles tiles = CpuTiles.Of(arithmetic);
        (int, int)[] all = tiles.VectorBytes == 64
            ? [(14, 2), (12, 2), (8, 3), (7, 3), (6, 4), (5, 4)]
            : [(6, 2), (5, 2), (4, 2), (4, 3), (3, 3)];
        return all.Where(size => TileCode.Fits((tiles with { MostRows = size.Item1, Vectors = size.Item2 }).Form(size.Item1, 4, 64)));
    }

    /// <summary>The fastest; the rule's, where no other is faster by more than what repetitions differ by.</summary>
    /// <param name="times">Of one arithmetic, at least one.</param>
    public static CpuTiles Best(IReadOnlyList<TileTime> times)
    {
        const double Noise = 1.02;
        TileTime best = times.MaxBy(time => time.Gigaflops);
        CpuTiles rule = Rules.Single(tiles => tiles.Arithmetic == best.Tiles.Arithmetic);
        TileTime ruled = times.First(time => time.Tiles == rule);
        return best.Gigaflops > Noise * ruled.Gigaflops ? best.Tiles : rule;
    }

    /// <summary>Every candidate of an arithmetic, the fastest first; all were seen to give the same bits.</summary>
    /// <exception cref="InvalidOperationException">One gave others.</exception>
    public IReadOnlyList<TileTime> Run(TileArithmetic arithmetic)
    {
        CpuTiles[] candidates =
            [.. Candidates(arithmetic).Select(size => CpuTiles.Of(arithmetic) with { MostRows = size.Rows, Vectors = size.Vectors })];
        if (candidates.Length == 0)
            return [];
        using var operands = new Operands(arithmetic, candidates);
        float[] expected = operands.Run(candidates[0], team);
        foreach (CpuTiles tiles in candidates[1..])
        {
            if (!operands.Run(tiles, team).AsSpan().SequenceEqual(expected))
            {
                throw new InvalidOperationException(
                    $"Tiles of {tiles.MostRows} × {tiles.Vectors} give other bits than {candidates[0].MostRows} × 2.");
            }
        }
        var seconds = new List<double>[candidates.Length];
        var peak = new List<double>();
        for (int i = 0; i < candidates.Length; i++)
            seconds[i] = [];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < candidates.Length; i++)
                seconds[i].Add(Timed(() => operands.RunOnly(candidates[i], team)));
            peak.Add(Timed(() => PeakCode.Turn(team, candidates[0])));
        }
        double best = PeakCode.TurnGigaflops(team, candidates[0]) / Median(peak), work = 2e-9 * Rows * Outputs * Inputs;
        return
        [
            .. candidates.Select((tiles, i) => new TileTime(tiles, work / Median(seconds[i]), work / Median(seconds[i]) / best))
                .OrderByDescending(time => time.Gigaflops),
        ];
    }

    private static double Timed(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private sealed class Operands : IDisposable
    {
        private readonly nint x, weight, y, workspace;
        private readonly ElementFormat format;
        private readonly DeviceKind kind;

        public Operands(TileArithmetic arithmetic, CpuTiles[] candidates)
        {
            kind = arithmetic <= TileArithmetic.Fp32ByPairs ? DeviceKind.Cpu : DeviceKind.CpuBf16;
            format = arithmetic == TileArithmetic.Fp32 ? ElementFormat.F32 : ElementFormat.BF16;
            x = HostMemory.Allocate(Rows * Inputs * sizeof(float));
            weight = HostMemory.Allocate(Outputs * Inputs * sizeof(float));
            y = HostMemory.Allocate(Rows * Outputs * sizeof(float));
            workspace = HostMemory.Allocate(candidates.Max(tiles => Products(tiles).Bytes));
            var random = new Random(1);
            for (int i = 0; i < Rows * Inputs; i++)
                ((float*)x)[i] = random.NextSingle() * 2 - 1;
            for (int i = 0; i < Outputs * Inputs; i++)
                new Elements((void*)weight, format).Set(i, random.NextSingle() * 2 - 1);
        }

        public void RunOnly(CpuTiles tiles, CpuThreads team) => Products(tiles).Run(team, (void*)workspace);

        public float[] Run(CpuTiles tiles, CpuThreads team)
        {
            RunOnly(tiles, team);
            return new ReadOnlySpan<float>((void*)y, Rows * Outputs).ToArray();
        }

        public void Dispose()
        {
            foreach (nint block in new[] { x, weight, y, workspace })
                HostMemory.Free(block);
        }

        private Linear.TiledProducts Products(CpuTiles tiles)
        {
            var linear = new Linear((float*)x, new Elements((void*)weight, format), (float*)y, Rows, Outputs, Inputs, default);
            return new Linear.TiledProducts(linear, kind) { Chosen = tiles };
        }
    }
}
