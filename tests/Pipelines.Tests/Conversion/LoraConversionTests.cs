using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Conversion;

/// <summary>Adapters in diffusers' layout.</summary>
public sealed class LoraConversionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("diffusers-metadata")]
    [InlineData("diffusers-old")]
    [InlineData("no-prefix")]
    [InlineData("comfy")]
    [InlineData("bf16")]
    [InlineData("peft-style")]
    [InlineData("peft-patterns")]
    [InlineData("peft-rslora")]
    [InlineData("peft-regex-target")]
    public void EachDialectKeepsItsLayersNumbersAndFactors(string dialect)
    {
        string input = Golden.Path($"lora/foreign/{dialect}");
        if (LoraFile.FindInFolder(input) is null)
            input = Directory.EnumerateFiles(input, "*.safetensors").Order().First();
        Converter.Run(new(input, folder.File("out")), cancellation: TestContext.Current.CancellationToken);
        using LoraFile expected = LoraFile.Open(input), written = LoraFile.Open(folder.File("out"));
        Assert.Equal("its header", written.AlphaSource);
        Assert.Equal(expected.Modules.Select(module => module.Name).Order(), written.Modules.Select(module => module.Name).Order());
        foreach (LoraModule module in expected.Modules)
        {
            LoraModule mine = written.Modules.Single(other => other.Name == module.Name);
            Assert.Equal((module.Rank, module.Factor), (mine.Rank, mine.Factor));
            Assert.Equal($"transformer.{module.Name}.lora_A.weight", mine.AKey);
            AssertSame(module.AKey, mine.AKey);
            AssertSame(module.BKey, mine.BKey);
        }

        void AssertSame(string key, string other)
        {
            Assert.True(expected.Weights.TryGet(key, out Tensor right), key);
            Assert.True(written.Weights.TryGet(other, out Tensor mine), other);
            Assert.True(right.HasSameElements(mine), other);
        }
    }

    [Fact]
    public void TypesAreWhatIsAskedFor()
    {
        Converter.Run(
            new(Golden.Path("lora/style"), folder.File("out.safetensors")) { Dtype = DType.F16 },
            cancellation: TestContext.Current.CancellationToken);
        using LoraFile written = LoraFile.Open(folder.File("out.safetensors"));
        Assert.Equal(["F16"], written.Types);
    }

    [Fact]
    public void AnAdapterOfAnotherMethodIsRefusedByItsReader()
    {
        ModelException failure = Assert.Throws<ModelException>(() => Converter.Run(
            new(Golden.Path("lora/foreign/peft-loha"), folder.File("out")), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("LoHa", failure.Message);
        Assert.Empty(folder.Names);
    }
}
