using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Conversion;

/// <summary>Tensors that files keep copies of.</summary>
public sealed class RenewedWeightsTests
{
    // In the SAT file, matrices lie column by column: each is a copy.
    [Fact]
    public void FilesAreOpenedAnewWhereTheirCopiesGrow()
    {
        var sat = SatFolder.Open(ForeignGolden.Path("sat/5b"));
        int opened = 0;
        using WeightFiles own = WeightFiles.Open(Golden.Path("checkpoints/5b/transformer"), "diffusion_pytorch_model");
        using var weights = new RenewedWeights(() =>
        {
            opened++;
            return sat.OpenTransformer();
        }, mostCopied: 500_000);
        foreach (string name in own.Names)
        {
            Assert.True(own.TryGet(name, out Tensor expected));
            Assert.Equal(expected.Shape, weights.Describe(name).Shape);
            Assert.True(weights.Get(name).HasSameElements(expected), name);
        }
        Assert.InRange(opened, 2, 3); // 1.27 MB in all
    }
}
