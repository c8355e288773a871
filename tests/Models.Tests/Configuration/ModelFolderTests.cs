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
        Assert.Empty(folder.Notes);
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
    [InlineData(
        "model_index.json", "CogVideoXPipeline", "StableDiffusionPipeline",
        "'_class_name' is \"StableDiffusionPipeline\"; it should be \"CogVideoXPipeline\"")]
    [InlineData("model_index.json", "AutoencoderKLCogVideoX", "AutoencoderKL", "it should be [\"diffusers\", \"AutoencoderKLCogVideoX\"]")]
    [InlineData("model_index.json", "T5EncoderModel", "CLIPTextModel", "'text_encoder' is")]
    [InlineData("model_index.json", "\"vae\"", "\"other\"", "'vae' is absent")]
    [InlineData(
        "transformer/config.json", "\"text_embed_dim\": 24", "\"text_embed_dim\": 25",
        "'text_embed_dim' is 25; it should be 24, the d_model of")]
    [InlineData(
        "transformer/config.json", "\"out_channels\": 4", "\"out_channels\": 8",
        "'out_channels' is 8; it should be 4, the latent_channels of")]
    [InlineData(
        "vae/config.json", "\"temporal_compression_ratio\": 4", "\"temporal_compression_ratio\": 2",
        "'temporal_compression_ratio' is 4; it should be 2")]
    public void UnknownClassesAndPartsOfOtherModelsAreRefused(string file, string old, string changed, string says)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Replace(folder[file], old, changed);
        Assert.Contains(says, Error(folder.Path));
    }

    [Fact]
    public void ChannelsThatNoTaskHasAreRecognisedButNotRun()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["transformer/config.json"], "\"in_channels\": 4", "\"in_channels\": 12");
        ModelFolder model = ModelFolder.Open(folder.Path);
        Assert.Equal(2, model.Unsupported().Count); // the second: the weights still have 4 channels
        string message = Assert.Throws<ConfigException>(model.CheckSupported).Message;
        Assert.StartsWith(folder.Path, message);
        Assert.Contains("12 input channels", message);
    }

    [Theory]
    [InlineData("CogVideoXImageToVideoPipeline")]
    [InlineData("CogVideoXVideoToVideoPipeline")]
    public void ThePipelineNamedDoesntDecideWhatTheModelCanDo(string pipeline)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["model_index.json"], "CogVideoXPipeline", pipeline);
        ModelFolder.Open(folder.Path).CheckSupported();
    }

    [Fact]
    public void TheModelIndexNamesTheSchedulerThatHasNoClass()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["scheduler/scheduler_config.json"], "\"_class_name\": \"CogVideoXDPMScheduler\",", "");
        ModelFolder model = ModelFolder.Open(folder.Path);
        Assert.Equal((SchedulerKind.Dpm, 0), (model.Scheduler.Kind, model.Notes.Count));
    }

    [Fact]
    public void TheModelIndexWinsOverTheSchedulersOwnClass()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["scheduler/scheduler_config.json"], "CogVideoXDPMScheduler", "CogVideoXDDIMScheduler");
        ModelFolder model = ModelFolder.Open(folder.Path);
        Assert.Equal(SchedulerKind.Dpm, model.Scheduler.Kind);
        string own = $"{folder["scheduler", "scheduler_config.json"]} names CogVideoXDDIMScheduler";
        Assert.Equal([$"{own}, {folder["model_index.json"]} names CogVideoXDPMScheduler; the latter counts."], model.Notes);
    }

    [Theory]
    [InlineData("DDIMScheduler")]
    [InlineData("EulerDiscreteScheduler")]
    [InlineData("NoneSuch")]
    public void SchedulersOfOtherModelsAreRefusedByName(string name)
    {
        foreach (string file in new[] { "scheduler/scheduler_config.json", "model_index.json" })
        {
            using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
            Replace(folder[file], "CogVideoXDPMScheduler", name);
            string message = Error(folder.Path);
            Assert.StartsWith(folder[file.Split('/')], message);
            Assert.Contains(name, message);
            Assert.Contains("CogVideoXDDIMScheduler", message);
        }
    }

    [Theory]
    [InlineData("\"in_channels\": 4", "\"in_channels\": 5", "5 input channels (in_channels) for 4 output channels")]
    [InlineData(
        "\"in_channels\": 4", "\"in_channels\": 5",
        "'patch_embed.proj.weight' has the shape [96, 4, 2, 2], the config asks for [96, 5, 2, 2]")]
    public void WhatThisVersionCantDoIsRefusedByName(string old, string changed, string says)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder["transformer/config.json"], old, changed);
        string message = Assert.Throws<ConfigException>(ModelFolder.Open(folder.Path).CheckSupported).Message;
        Assert.Contains(says, message);
        Assert.DoesNotContain("image to video", message);
    }

    [Theory]
    [InlineData("transformer/config.json")]
    [InlineData("vae/config.json")]
    [InlineData("scheduler/scheduler_config.json")]
    public void KeysThatNobodyKnowsAreNoted(string file)
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        Replace(folder[file], "\"_class_name\"", "\"_mine\": 1, \"off\": null, \"use_more\\u001b\": true, \"_class_name\"");
        Assert.EndsWith(
            "has keys that aren't known and are ignored (1): 'use_more\\u001B'.", Assert.Single(ModelFolder.Open(folder.Path).Notes));
    }

    [Fact]
    public void WeightsOfAnotherInputThatCantBeReadAreLeftToThoseWhoReadThem()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        Replace(folder["transformer/config.json"], "\"in_channels\": 4", "\"in_channels\": 12");
        File.Delete(folder["transformer", "diffusion_pytorch_model.safetensors"]);
        Assert.Contains("12 input channels", Assert.Single(ModelFolder.Open(folder.Path).Unsupported()));
    }

    [Fact]
    public void FilesWhoseNamesBeginWithTheirFoldersAreRecognised()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/2b"));
        foreach (string file in Directory.GetFiles(folder["transformer"]))
            File.Move(file, folder["transformer_" + Path.GetFileName(file)]);
        Directory.Delete(folder["transformer"]);
        const string Misnamed = "'transformer_config.json' is there, which should be 'transformer/config.json'";
        Assert.Contains($"no folder 'transformer', which model_index.json lists. {Misnamed}", Error(folder.Path));
        File.Delete(folder["model_index.json"]);
        Assert.Contains("'transformer_config.json' is there, which should be 'transformer/config.json'", Error(folder.Path));
    }

    [Theory]
    [InlineData("sub/model_index.json", "There is one in {0}sub: name that folder.")]
    [InlineData("snapshots/abc/model_index.json", "There is one in {0}snapshots/abc: name that folder.")]
    [InlineData("transformer/1/mp_rank_00_model_states.pt", "(SAT)")]
    [InlineData("3d-vae.pt", "(SAT)")]
    [InlineData("config.json", "This seems to be a part of a model; name the folder above it")]
    [InlineData("cogvideox-5b\u202e.gguf", "The folder has 'cogvideox-5b\\u202E.gguf'; a model is a folder in Hugging Face's layout")]
    [InlineData("notes.txt", "Check the path, or download the model again.")]
    public void WhatAFolderIsThatHasNoModelIndexIsSaid(string file, string says)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        File.WriteAllText(folder[file], "{}");
        string message = Error(folder.Path);
        Assert.StartsWith($"{folder["model_index.json"]} doesn't exist. ", message);
        Assert.Contains(string.Format(says, folder.Path + Path.DirectorySeparatorChar).Replace('/', Path.DirectorySeparatorChar), message);
    }

    [Fact]
    public void PathsThatNobodyWouldTypeAreToldInOneLine()
    {
        Assert.Contains("path of the model is empty", Error(""));
        Assert.DoesNotContain(Error("no\u001b[2J\nsuch"), char.IsControl);
        Assert.DoesNotContain(Error("no\0such"), char.IsControl);
        Assert.EndsWith("has model_index.json in it.", Error(new string('x', 100_000)));
    }

    [Fact]
    public void AFolderWithLettersOfAnyLanguageOpens()
    {
        using TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));
        string path = folder.Path + " 模型 é";
        Directory.Move(folder.Path, path);
        try
        {
            using WeightFiles weights = ModelFolder.Open(path).OpenTransformer();
            Assert.StartsWith(path, weights.Files[0].Path);
        }
        finally
        {
            Directory.Move(path, folder.Path);
        }
    }

    private static void Replace(string file, string old, string changed)
    {
        string text = File.ReadAllText(file);
        Assert.Contains(old, text);
        File.WriteAllText(file, text.Replace(old, changed));
    }

    // A text encoder and its tokenizer are asked for where texts are encoded.
    private static string Error(string path) => Assert.Throws<ConfigException>(() =>
    {
        var model = ModelFolder.Open(path);
        return (model.TextEncoder, model.TokenizerFile);
    }).Message;
}
