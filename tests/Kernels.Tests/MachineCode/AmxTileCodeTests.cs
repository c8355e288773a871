using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>
/// Code for AMX, which no processor here runs: instruction by instruction as its maker defines them, it equals the definition, and so does
/// the code that repeats it by fused multiply-adds, which runs here (<see cref="TileCodeTests"/>).
/// </summary>
public sealed class AmxTileCodeTests
{
    [Theory]
    [InlineData(1, 1, 16, false)]
    [InlineData(16, 2, 32, false)]
    [InlineData(17, 2, 16, true)]
    [InlineData(31, 2, 48, true)]
    [InlineData(32, 2, 64, false)]
    [InlineData(32, 1, 16, true)]
    public void CodeGivesTheBitsOfItsDefinition(int rows, int vectors, int steps, bool segmented)
    {
        var form = new TileForm(TileArithmetic.Amx, 64, rows, vectors, steps * 4 + 64, 4, vectors * 64 + 12, segmented);
        var random = new Random(rows);
        foreach (bool accumulate in new[] { false, true })
        {
            foreach (Func<uint> bits in new[] { TileTrial.Usual(random), TileTrial.Any(random) })
            {
                (uint[] expected, uint[] actual) = new TileTrial(form, steps, segmented ? 3 : 1, bits).Run(accumulate);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void CodeHoldsOnlyWhatItDeclares()
    {
        var form = new TileForm(TileArithmetic.Amx, 64, 32, 2, 128, 4, 128, Segmented: true);
        CodeFeatures.Check(TileCode.Write(form).Instructions, form.Needs);
        Assert.Throws<NotSupportedException>(
            () => CodeFeatures.Check(TileCode.Write(form).Instructions, TileCodeTests.All.AtMost("avx512-bf16")));
    }

    [Theory]
    [InlineData(33, 2)]
    [InlineData(16, 3)]
    public void MoreThanFourTilesIsRefused(int rows, int vectors)
    {
        var form = new TileForm(TileArithmetic.Amx, 64, rows, vectors, 128, 4, 256, Segmented: false);
        Assert.Contains("four tiles", Assert.Throws<ArgumentException>(() => TileCode.Write(form)).Message, StringComparison.Ordinal);
    }
}
