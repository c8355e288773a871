using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

/// <summary>A pipeline's parts are those of its index, whichever they are.</summary>
public sealed class ModelIndexTests
{
    private const string StableVideoDiffusion = """
        {
          "_class_name": "StableVideoDiffusionPipeline", "_diffusers_version": "0.24.0",
          "feature_extractor": ["transformers", "CLIPImageProcessor"], "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
          "scheduler": ["diffusers", "EulerDiscreteScheduler"], "unet": ["diffusers", "UNetSpatioTemporalConditionModel"],
          "vae": ["diffusers", "AutoencoderKLTemporalDecoder"], "safety_checker": [null, null], "requires_safety_checker": false
        }
        """;

    [Fact]
    public void PartsOfAnotherPipelineAreDescribed()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["model_index.json"], StableVideoDiffusion);
        Write(folder, "image_encoder", "model", 7);
        Write(folder, "unet", "diffusion_pytorch_model", 11);
        Write(folder, "vae", "diffusion_pytorch_model", 5);
        Directory.CreateDirectory(folder["scheduler"]);
        ModelIndex index = ModelIndex.Read(folder.Path);
        Assert.Equal("StableVideoDiffusionPipeline", index.PipelineClass);
        Assert.Equal(
            ["feature_extractor", "image_encoder", "safety_checker", "scheduler", "unet", "vae"], index.Parts.Select(part => part.Name));
        Assert.Equal(
            [
                ("image_encoder", "CLIPVisionModelWithProjection", 7L), ("unet", "UNetSpatioTemporalConditionModel", 11),
                ("vae", "AutoencoderKLTemporalDecoder", 5),
            ],
            index.Components().Select(part => (part.Name, part.ClassName, part.TotalParameters)));
        Assert.Equal(new ModelPart("scheduler", "diffusers", "EulerDiscreteScheduler"), index.Parts[3]);
        Assert.Null(index.Problem(index.Parts[3]));
        Assert.Contains("no folder 'feature_extractor', which model_index.json lists. Download it", index.Problem(index.Parts[0]));
        Assert.Contains("leaves the part 'safety_checker' out: it is null there", index.Problem(index.Parts[2]));
        Assert.False(ModelFolder.Knows(index.PipelineClass));
    }

    [Fact]
    public void APartThatIsNeededAndNullIsNamed()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Edit(folder, "\"T5EncoderModel\"", "null");
        Edit(folder, "\"transformers\",\n  null", "null, null");
        string message = Assert.Throws<ConfigException>(() => ModelFolder.Open(folder.Path).TextEncoder).Message;
        Assert.Contains("leaves the part 'text_encoder' out: it is null there", message);
    }

    [Fact]
    public void PartsThatNobodyNeedsAreNoted()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Edit(folder, "\"_class_name\"", "\"safety_checker\": [\"x\", \"Checker\"], \"_class_name\"");
        string note = Assert.Single(ModelFolder.Open(folder.Path).Notes);
        Assert.Contains("no folder 'safety_checker'", note);
        Assert.EndsWith("It isn't needed.", note);
    }

    [Theory]
    [InlineData("\"_class_name\": \"../x\"", "'_class_name' is \"../x\"")]
    [InlineData("\"_class_name\": \"P\", \"../x\": [\"a\", \"B\"]", "'../x' is")]
    [InlineData("\"_class_name\": \"P\", \"x\": [\"a\", \"B\\u001b\"]", "'x' is")]
    public void NamesThatAreNoneAreRefused(string entries, string says)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["model_index.json"], $"{{{entries}}}");
        Assert.Contains(says, Assert.Throws<ConfigException>(() => ModelIndex.Read(folder.Path)).Message);
    }

    private static void Edit(TempFolder folder, string old, string changed)
    {
        string file = folder["model_index.json"], text = File.ReadAllText(file);
        Assert.Contains(old, text);
        File.WriteAllText(file, text.Replace(old, changed));
    }

    private static void Write(TempFolder folder, string part, string name, int count)
    {
        Directory.CreateDirectory(folder[part]);
        File.WriteAllText(folder[part, "config.json"], "{}");
        SafetensorsWriter.Write(
            folder[part, name + ".safetensors"], [new TensorSource("w", DType.F32, [count], (_, bytes) => bytes.Clear())]);
    }
}
