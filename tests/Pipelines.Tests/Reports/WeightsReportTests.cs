using CogVideoX.Pipelines.Reports;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Reports;

/// <summary>What <c>inspect</c> says of a file that is a part of a model.</summary>
public sealed class WeightsReportTests
{
    [Theory]
    [InlineData("foreign/gguf/t5-F32.gguf", "text_encoder", "a GGUF file", "names of llama.cpp", "F32")]
    [InlineData("foreign/gguf/transformer-Q8_0.gguf", "transformer", "a GGUF file", "", "F16, F32, Q8_0")]
    [InlineData(
        "foreign/single/scaled-fp8-old.safetensors", "transformer", "a safetensors file",
        "names behind a prefix, as ComfyUI has them; 8-bit floats with scales", "BF16, F8_E4M3")]
    [InlineData("checkpoints/5b/vae/diffusion_pytorch_model.safetensors", "vae", "a safetensors file", "", "F32")]
    public void AFileIsToldByItsContents(string path, string part, string format, string layouts, string types)
    {
        Assert.True(WeightsReport.IsFor(Golden.Path(path)));
        WeightsFileReport file = WeightsReport.Read(Golden.Path(path)).Files.Single();
        Assert.Equal(
            (part, format, layouts, types),
            (file.Part, file.Format, string.Join("; ", file.Layouts), string.Join(", ", file.ParametersByType.Keys)));
        Assert.True(file.Parameters > 1000);
    }

    [Fact]
    public void AReleaseOfSatIsToldByItsTransformer()
    {
        Assert.True(WeightsReport.IsFor(Golden.Path("foreign/sat/5b")));
        WeightsFileReport file = WeightsReport.Read(Golden.Path("foreign/sat/5b")).Files.Single();
        Assert.Equal(("transformer", "a PyTorch pickle file"), (file.Part, file.Format));
        Assert.Contains("names of the original training code (SAT)", file.Layouts);
    }

    [Theory]
    [InlineData("checkpoints/5b")]
    [InlineData("lora/style/pytorch_lora_weights.safetensors")]
    [InlineData("foreign/gguf/blocks.gguf")]
    [InlineData("foreign/gguf/cases.json")]
    public void ModelsAdaptersAndOtherFilesAreNone(string path) => Assert.False(WeightsReport.IsFor(Golden.Path(path)));

    [Fact]
    public void ADamagedFileIsNamed()
    {
        string file = Golden.Path("foreign/gguf/refuse/cut-in-header.gguf");
        Assert.Contains(file, Assert.Throws<ModelException>(() => WeightsReport.IsFor(file)).Message);
    }
}
