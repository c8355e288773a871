using System.Text.Json;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.T5;

/// <summary>
/// Text encoders as they come: those of tests/Goldens/foreign/t5, or all of them where <c>COGVIDEOX_GOLDENS</c> names the folder that has
/// them.
/// </summary>
public sealed class ForeignT5Tests : IDisposable
{
    private static readonly string Foreign =
        Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") is { } all ? Path.Combine(all, "foreign") : Golden.Path("foreign");

    private readonly Ops ops = Ops.OnCpu(1);

    public void Dispose() => ops.Dispose();

    public static TheoryData<string, string> Read => Cases(refused: false);

    public static TheoryData<string, string> Refused => Cases(refused: true);

    [Theory]
    [MemberData(nameof(Read))]
    public void GivesTheReferencesHiddenState(string folder, string output)
    {
        (float[] hidden, string[] notes) = Run(Path.Combine(Foreign, folder));
        using SafetensorsFile expected = Expected;
        double error = Agree.RelativeError(hidden, expected[output].ToFloats());
        Assert.InRange(error, 0, Agree.Module);
        string? says = folder switch
        {
            "t5/fp16-sharded" => "the variant of model.safetensors.index.fp16.json is read.",
            "t5/whole-model-bin" => "tensors are not used by this model and ignored: 'decoder.",
            _ => null,
        };
        Assert.Equal(says is null ? 0 : 1, notes.Length);
        Assert.All(notes, note => Assert.Contains(says!, note));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatIsMissingIsNamed(string folder, string _)
    {
        Exception refused = Assert.ThrowsAny<TensorException>(() => Run(Path.Combine(Foreign, folder)));
        string says = folder == "t5/refuse-no-embedding"
            ? "'shared.weight' (or 'encoder.embed_tokens.weight') is missing from "
            : "lacks 1 of the 2 shards that model.safetensors.index.json lists: 'model-00002-of-00002.safetensors'";
        Assert.Contains(says, refused.Message);
    }

    [Fact]
    public void TiedNamesAreOneTensor()
    {
        using WeightFiles files = WeightFiles.Open(Path.Combine(Foreign, "t5/whole-model-bin"), "model");
        Assert.True(files.TryGet("shared.weight", out Tensor shared));
        Assert.True(files.TryGet("encoder.embed_tokens.weight", out Tensor embed));
        Assert.Equal(shared.Home, embed.Home);
    }

    [Fact]
    public void ShardsOfPyTorchAreReadByTheirIndex()
    {
        string whole = Path.Combine(Foreign, "t5/whole-model-bin");
        using TempFolder folder = TempFolder.CopyOf(whole);
        File.Move(folder["pytorch_model.bin"], folder["pytorch_model-00001-of-00001.bin"]);
        using (ITensorFile file = TensorFile.Open(folder["pytorch_model-00001-of-00001.bin"]))
        {
            var map = file.Names.ToDictionary(name => name, _ => "pytorch_model-00001-of-00001.bin");
            File.WriteAllText(
                folder["pytorch_model.bin.index.json"], JsonSerializer.Serialize(new Dictionary<string, object> { ["weight_map"] = map }));
        }
        Assert.Equal(Run(whole).Hidden, Run(folder.Path).Hidden);
    }

    private static SafetensorsFile Expected => SafetensorsFile.Open(Path.Combine(Foreign, "t5", "expected.safetensors"));

    private (float[] Hidden, string[] Notes) Run(string folder)
    {
        using WeightFiles files = WeightFiles.Open(folder, "model");
        using SafetensorsFile expected = Expected;
        Tensor ids = expected["ids"];
        using MemoryScope scope = ops.Scope();
        var weights = new WeightReader(ops, files);
        var encoder = new T5Encoder(weights, T5Config.Read(Path.Combine(folder, "config.json")));
        string[] notes = [.. weights.Finish()];
        return (encoder.Forward(ids.AsReadOnlySpan<int>(), ids.Shape[0]).ToFloats(), notes);
    }

    private static TheoryData<string, string> Cases(bool refused)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Foreign, "t5", "cases.json")));
        var cases = new TheoryData<string, string>();
        foreach (JsonElement one in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            string folder = one.GetProperty("folder").GetString()!;
            if (one.TryGetProperty("refuse", out _) == refused && Directory.Exists(Path.Combine(Foreign, folder)))
                cases.Add(folder, one.TryGetProperty("output", out JsonElement output) ? output.GetString() ?? "" : "");
        }
        return cases;
    }
}
