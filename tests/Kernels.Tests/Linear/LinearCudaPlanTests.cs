using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Tests;

public sealed class LinearCudaPlanTests
{
    private static readonly int[] Rows = [17, 64, 130, 226, 452, 2000, 17_776, 35_552, 1_000_000];
    private static readonly (int Outputs, int Inputs)[] Weights =
        [(3, 8), (64, 1920), (512, 3072), (1920, 1920), (3072, 12_288), (12_288, 3072), (4096, 10_240), (10_240, 4096), (3072, 64)];

    // Tiles of the models on an H100, an A100, a 4090.
    [Theory]
    [InlineData(35_552, 3072, 3072, 132, 90, "Wide", 1)]
    [InlineData(35_552, 12_288, 3072, 132, 90, "Wide", 1)]
    [InlineData(35_552, 1920, 7680, 132, 90, "Tall", 1)] // 15 tiles across, where wide ones would be 8 of which the last is half empty
    [InlineData(35_552, 3072, 12_288, 108, 80, "Wide", 1)]
    [InlineData(17_776, 1920, 1920, 128, 89, "Square", 1)] // whose tensor cores are slow enough for smaller tiles, which are spread evener
    [InlineData(452, 10_240, 4096, 132, 90, "Square", 1)]
    [InlineData(226, 4096, 10_240, 132, 90, "Square", 2)]
    [InlineData(17, 3072, 3072, 132, 90, "Small", 2)]
    public void TilesOfTheModels(int rows, int outputs, int inputs, int multiprocessors, int architecture, string tile, int parts)
    {
        LinearCudaPlan plan = LinearCudaPlan.For(rows, outputs, inputs, new TileCard(multiprocessors, architecture));
        Assert.Equal((tile, parts), (plan.Choice.Tile.ToString(), plan.Parts));
    }

    [Fact]
    public void PartsCoverTheInputsAndFitTheWorkspaceOnAnyCard()
    {
        foreach (int rows in Rows)
        {
            foreach ((int outputs, int inputs) in Weights)
            {
                long workspace = LinearCudaPlan.WorkspaceBytes(rows, outputs, inputs);
                for (int multiprocessors = 1; multiprocessors <= 300; multiprocessors += 7)
                {
                    LinearCudaPlan plan = LinearCudaPlan.For(rows, outputs, inputs, new TileCard(multiprocessors, 90));
                    Assert.Equal(0, plan.PartInputs % 32);
                    Assert.InRange(inputs, ((long)plan.Parts - 1) * plan.PartInputs + 1, (long)plan.Parts * plan.PartInputs);
                    Assert.True(plan.Parts == 1 || plan.Parts * LinearCudaPlan.PartBytes(rows, outputs) <= workspace);
                }
            }
        }
    }

    [Fact]
    public void LargeProductsTakeNoWorkspace() => Assert.Equal(0, LinearCudaPlan.WorkspaceBytes(17_776, 3072, 12_288));
}
