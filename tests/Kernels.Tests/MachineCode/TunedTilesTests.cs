using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>Tiles that were measured on a processor: kept, read back, and left alone where they can't be this processor's.</summary>
public sealed class TunedTilesTests
{
    private const string Whole = """{"format":1,"processor":"CPU","instructions":"SET","tiles":""";

    private static readonly (int Rows, int Vectors) Other = CpuTiles.Of(TileArithmetic.Fp32).VectorBytes == 64 ? (6, 4) : (4, 3);

    [Fact]
    public void WhatIsKeptIsRead()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "There is no machine code for this processor.");
        using var folder = new TemporaryFolder();
        string path = folder.File("cpu.json");
        CpuTiles usual = CpuTiles.Fp32(byPairs: false), tuned = usual with { MostRows = Other.Rows, Vectors = Other.Vectors };
        Assert.Equal(0, TunedTiles.Read(path).Count);
        TunedTiles.Write([tuned], path);
        TunedTiles read = TunedTiles.Read(path);
        Assert.Null(read.Problem);
        Assert.Equal(tuned, read.Over(usual));
        Assert.Equal(CpuTiles.Bf16, read.Over(CpuTiles.Bf16));
    }

    [Theory]
    [InlineData("", "isn't a table")]
    [InlineData("null", "empty")]
    [InlineData("[1]", "isn't a table")]
    [InlineData("""{"format":2,"processor":"CPU","instructions":"SET","tiles":[]}""", "version is 2")]
    [InlineData("""{"format":1,"processor":"other","instructions":"SET","tiles":[]}""", "another processor")]
    [InlineData("""{"format":1,"processor":"CPU","instructions":"none at all","tiles":[]}""", "another processor")]
    [InlineData("""{"format":1,"processor":"CPU","instructions":"SET","tiles":[null]}""", "there isn't")]
    [InlineData(Whole + """[{"arithmetic":"Fp32","rows":99,"vectors":2}]}""", "there isn't")]
    [InlineData(Whole + """[{"arithmetic":"17","rows":6,"vectors":2}]}""", "there isn't")]
    public void WhatCannotBeThisProcessorsIsLeftAlone(string text, string problem)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cpu.json");
        File.WriteAllText(
            path,
            text.Replace("CPU", CpuBrand.Here, StringComparison.Ordinal)
                .Replace("SET", CpuFeatures.Detected.ToString(), StringComparison.Ordinal));
        TunedTiles read = TunedTiles.Read(path);
        Assert.Contains(problem, read.Problem, StringComparison.Ordinal);
        Assert.Contains("--tune makes it anew", read.Problem, StringComparison.Ordinal);
        Assert.Equal(0, read.Count);
    }

    // 1 % isn't seen again the next time, 10 % is.
    [Theory]
    [InlineData(101, true)]
    [InlineData(110, false)]
    public void TheRulesTileStaysUnlessAnotherIsClearlyFaster(double other, bool stays)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "There is no machine code for this processor.");
        CpuTiles rule = CpuTiles.Fp32(byPairs: false), faster = rule with { MostRows = Other.Rows, Vectors = Other.Vectors };
        Assert.Equal(stays ? rule : faster, TileBench.Best([new(rule, 100, 0.9), new(faster, other, 0.9)]));
    }

    // One round: what counts is that all candidates are tried, and give the same bits, which is seen before they are timed.
    [Fact]
    public void EveryCandidateIsTriedAndGivesTheSameBits()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "There is no machine code for this processor.");
        using var team = new CpuThreads(2);
        foreach (TileArithmetic arithmetic in TileBench.Arithmetics)
        {
            IReadOnlyList<TileTime> times = new TileBench(team, rounds: 1).Run(arithmetic);
            Assert.Equal(
                TileBench.Candidates(arithmetic).Order(), times.Select(time => (time.Tiles.MostRows, time.Tiles.Vectors)).Order());
            Assert.All(times, time => Assert.True(time.Gigaflops > 0 && time.Share > 0));
        }
    }
}
