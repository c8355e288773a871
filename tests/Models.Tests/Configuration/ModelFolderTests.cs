using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class ModelFolderTests
{
    [Theory]
    [InlineData("models/shapes", 4.0)]
    [InlineData("tests/Goldens/checkpoints/2b", null)]
    [InlineData("tests/Goldens/checkpoints/5b", null)]
    public void WholeFoldersOpen(string path, double? guidance)
    {
        ModelFolder folder = ModelFolder.Open(Path.Combine(Golden.Root, path));
        Assert.Equal("CogVideoXPipeline", folder.PipelineClass);
        Assert.Equal(folder.TextEncoder.Width, folder.Transformer.TextWidth);
        Assert.Equal(8, folder.Vae.SpatialCompression);
        Assert.Equal(guidance, folder.Generation?.GuidanceScale);
        Assert.True(File.Exists(folder.TokenizerFile));
        Assert.Empty(folder.Unsupported());
        folder.CheckSupported();
        using WeightFiles transformer = folder.OpenTransformer(), vae = folder.OpenVae(), text = folder.OpenTextEncoder();
        Assert.Contains("patch_embed.proj.weight", transformer.Names);
        Assert.Contains("decoder.conv_in.conv.weight", vae.Names);
        Assert.Contains("shared.weight", text.Names);
    }

    [Fact]
    public void ComponentsTellWhatAFolderConsistsOf()
    {
        IReadOnlyList<ComponentInfo> components = ModelFolder.Open(Golden.Path("checkpoints/5b")).Components();
        Assert.Equal(["text_encoder", "transformer", "vae"], components.Select(component => component.Name));
        ComponentInfo transformer = components[1];
        Assert.Equal("CogVideoXTransformer3DModel", transformer.ClassName);
        Assert.Equal(4, transformer.Files.Count);
        Assert.Equal(1265728 / 4, transformer.Parameters[DType.F32]);
        Assert.Equal(transformer.TotalParameters, transformer.Parameters[DType.F32]);
        Assert.Equal(transformer.Files.Sum(file => new FileInfo(file).Length), transformer.Bytes);
    }

    [Fact]
    public void PathsThatAreNoModelAreNamed()
    {
        using var empty = new TempFolder();
        Assert.Contains("doesn't exist. Name the folder of a model", Error(empty["none"]));
        Assert.Contains("is a file; a model is a folder", Error(Golden.Path("checkpoints/5b/model_index.json")));
        Assert.Contains(empty["model_index.json"] + " doesn't exist", Error(empty.Path));
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("vae")]
    [InlineData("text_encoder")]
    [InlineData("tokenizer")]
    [InlineData("scheduler")]
    public void AMissingPartIsNamed(string part)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Directory.Delete(folder[part], recursive: true);
        Assert.Contains($"no folder '{part}', which model_index.json lists. Download it", Error(folder.Path));
    }

    [Theory]
    [InlineData("transformer/config.json")]
    [InlineData("scheduler/scheduler_config.json")]
    [InlineData("tokenizer/spiece.model")]
    public void AMissingFileIsNamed(string file)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        File.Delete(folder[file]);
        Assert.StartsWith(folder[file] + " doesn't exist", Error(folder.Path));
    }

    [Theory]
    [InlineData("model_index.json", "CogVideoXPipeline", "StableDiffusionPipeline", "'_class_name' is \"StableDiffusionPipeline\"; it should be \"CogVideoXPipeline\"")]
    [InlineData("model_index.json", "AutoencoderKLCogVideoX", "AutoencoderKL", "it should be [\"diffusers\", \"AutoencoderKLCogVideoX\"]")]
    [InlineData("model_index.json", "T5EncoderModel", "CLIPTextModel", "'text_encoder' is")]
    [InlineData("model_index.json", "\"vae\"", "\"other\"", "'vae' is absent")]
    [InlineData("transformer/config.json", "\"text_embed_dim\": 24", "\"text_embed_dim\": 25", "'text_embed_dim' is 25; it should be 24, the d_model of")]
    [InlineData("transformer/config.json", "\"out_channels\": 4", "\"out_channels\": 8", "'out_channels' is 8; it should be 4, the latent_channels of")]
    [InlineData("vae/config.json", "\"temporal_compression_ratio\": 4", "\"temporal_compression_ratio\": 2", "'temporal_compression_ratio' is 4; it should be 2")]
    public void UnknownClassesAndPartsOfOtherModelsAreRefused(string file, string old, string changed, string says)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Replace(folder[file], old, changed);
        Assert.Contains(says, Error(folder.Path));
    }

    [Fact]
    public void ImageToVideoIsRecognisedButNotRun()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["model_index.json"], "CogVideoXPipeline", "CogVideoXImageToVideoPipeline");
        Replace(folder["transformer/config.json"], "\"in_channels\": 4", "\"in_channels\": 8");
        ModelFolder model = ModelFolder.Open(folder.Path);
        Assert.Equal(2, model.Unsupported().Count);
        string message = Assert.Throws<ConfigException>(model.CheckSupported).Message;
        Assert.StartsWith(folder.Path, message);
        Assert.Contains("image to video is not supported yet", message);
    }

    private static void Replace(string file, string old, string changed)
    {
        string text = File.ReadAllText(file);
        Assert.Contains(old, text);
        File.WriteAllText(file, text.Replace(old, changed));
    }

    private static string Error(string path) => Assert.Throws<ConfigException>(() => ModelFolder.Open(path)).Message;
}
