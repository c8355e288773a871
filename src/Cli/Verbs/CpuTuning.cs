using System.Globalization;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>bench --tune</c>: which tiles the CPU's products are the fastest with here, kept for the runs to come.</summary>
/// <param name="terminal">Where it is told.</param>
internal sealed class CpuTuning(Terminal terminal)
{
    private const int Rounds = 9;

    /// <summary>Times all tiles of each arithmetic, and keeps the fastest.</summary>
    /// <param name="threads">How many compute; 0 for one a processor.</param>
    /// <param name="asJson">Whether the answer is JSON.</param>
    /// <exception cref="UsageException">There is nothing to tune here.</exception>
    public int Run(int threads, bool asJson)
    {
        if (!CpuTiles.AreHere)
        {
            throw new UsageException(
                "--tune", $"the products of this processor have no tiles to choose: {CpuFeatures.Problem ?? "it lacks AVX2 and FMA"}.");
        }
        using var team = new CpuThreads(threads > 0 ? threads : Environment.ProcessorCount);
        var bench = new TileBench(team, Rounds);
        var all = new List<TileTime>();
        foreach (TileArithmetic arithmetic in TileBench.Arithmetics)
        {
            IReadOnlyList<TileTime> times = bench.Run(arithmetic);
            all.AddRange(times);
            foreach (TileTime time in asJson ? [] : times)
                terminal.Output.WriteLine(Row(time));
        }
        CpuTiles[] fastest = [.. all.GroupBy(time => time.Tiles.Arithmetic).Select(times => TileBench.Best([.. times]))];
        TunedTiles.Write(fastest, TunedTiles.FilePath);
        if (asJson)
        {
            terminal.WriteJson(new
            {
                Processor = CpuBrand.Here,
                TunedTiles.FilePath,
                Tiles = all.Select(time => new
                {
                    Arithmetic = time.Tiles.Arithmetic.ToString(),
                    Rows = time.Tiles.MostRows,
                    time.Tiles.Vectors,
                    time.Gigaflops,
                    time.Share,
                    Kept = fastest.Contains(time.Tiles),
                }),
            });
        }
        terminal.Say($"kept {Counted.Of(fastest.Length, "tile")} in {TunedTiles.FilePath}; results are the same with each.");
        return ExitCode.Done;
    }

    private static string Row(TileTime time)
    {
        string tile = $"{time.Tiles.MostRows}x{time.Tiles.Vectors}@{8 * time.Tiles.VectorBytes}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.Tiles.Arithmetic,-12} {tile,-9} {time.Gigaflops,7:F0} GFLOP/s {100 * time.Share,6:F1} % of the instruction's peak");
    }
}
