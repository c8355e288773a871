using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

/// <summary>
/// Models of other tools' files (tests/Goldens/foreign): GGUF, and single files with scaled 8-bit floats or blocks.
/// </summary>
public sealed class ForeignModelTests
{
    private const double Tolerance = 1e-4;
    private static readonly string[] Emulated = ["gguf/t5q-mixed.gguf", "single/scaled-fp8-rows.safetensors"];

    public static IEnumerable<object[]> Transformers =>
        from test in Cases("gguf", "transformer-").Concat(Cases("single", ""))
        from device in DevicesFor(test)
        select new object[] { ForeignGolden.FileOf(test), ForeignGolden.Said(test, "output")!, device };

    public static IEnumerable<object[]> TextEncoders =>
        from test in Cases("gguf", "t5")
        from device in DevicesFor(test)
        select new object[] { ForeignGolden.FileOf(test), ForeignGolden.Said(test, "config")!, device };

    // Which has the name of the file with the same numbers in tensors.json.
    public static IEnumerable<object[]> WithTensors =>
        from test in Cases("gguf", "transformer-").Concat(Cases("gguf", "t5q")).Concat(Cases("single", ""))
        let named = ForeignGolden.Said(test, "equals") ?? ForeignGolden.Said(test, "output")!
        select new object[] { ForeignGolden.FileOf(test), named.Split('.')[0] };

    [Theory]
    [MemberData(nameof(Transformers))]
    public void ATransformerGivesTheOutputOfItsWidenedWeights(string file, string output, string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = ForeignGolden.Open(Path.GetDirectoryName(file)!);
        using WeightFiles files = Open(file);
        var weights = new WeightReader(ops, files);
        var transformer = new CogVideoXTransformer(weights, OneLayer());
        weights.Finish();
        Tensor result = transformer.Forward(
            ops.Load(goldens, "input.hidden_states"),
            GoldenModels.Text(ops.Load(goldens, "input.encoder_hidden_states")),
            GoldenModels.Timesteps(goldens["input.timestep"]));
        Agree.With(goldens[output], result, $"{file} on {device}", Tolerance);
    }

    [Theory]
    [MemberData(nameof(TextEncoders))]
    public void ATextEncoderGivesTheOutputOfItsWidenedWeights(string file, string config, string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = ForeignGolden.Open("gguf");
        using WeightFiles files = Open(file);
        var weights = new WeightReader(ops, files);
        var encoder = new T5Encoder(weights, T5Config.Read(ConfigOf(config)));
        weights.Finish();
        string name = Path.GetFileNameWithoutExtension(file);
        Tensor ids = goldens[$"{name.Split('-')[0]}.ids"];
        Tensor hidden = encoder.Forward(ids.AsReadOnlySpan<int>(), ids.Shape[0]);
        Agree.With(goldens[$"{name}.hidden"], hidden, $"{file} on {device}", Tolerance);
    }

    // Factors come to the device with their weights, beside the layers that come there one after the other.
    [Theory]
    [InlineData("gguf/transformer-Q8_0.gguf")]
    [InlineData("single/scaled-fp8-old.safetensors")]
    [InlineData("single/scaled-fp8-rows.safetensors")]
    public void LayersThatComeOneAfterTheOtherGiveTheSame(string file)
    {
        Assert.Equal(Output(null), Output(CogVideoXTransformer.Layers));

        float[] Output(string? streamed)
        {
            using Ops ops = EachDevice.Open("apart");
            using SafetensorsFile goldens = ForeignGolden.Open("gguf");
            using WeightFiles files = Open(file);
            var transformer = new CogVideoXTransformer(new WeightReader(ops, files, [], merge: false, streamed), OneLayer());
            Tensor latents = ops.Load(goldens, "input.hidden_states"), text = ops.Load(goldens, "input.encoder_hidden_states");
            return transformer.Forward(latents, GoldenModels.Text(text), GoldenModels.Timesteps(goldens["input.timestep"])).ToFloats();
        }
    }

    // What a card has widened is in its plan; on the CPU, only what is no matrix is made, and packed weights that are kept change nothing.
    [Theory]
    [InlineData("gguf/transformer-Q8_0.gguf")]
    [InlineData("single/scaled-fp8-rows.safetensors")]
    public void APlanHoldsWhatTheDeviceHolds(string file)
    {
        using Ops card = Ops.On(EachDevice.Source(EachDevice.Emulator), DType.BF16), plan = Ops.Planning(DeviceSpec.Cards[0]);
        Assert.Equal(DType.BF16, plan.ActivationType);
        long held = LastingBytes(card);
        Assert.True(held > 100_000, $"{held}");
        Assert.Equal(held, LastingBytes(plan));
        using Ops cpu = Ops.OnCpu(1), cpuPlan = Ops.Planning();
        Assert.Equal(LastingBytes(cpu), LastingBytes(cpuPlan));

        long LastingBytes(Ops ops)
        {
            using WeightFiles files = Open(file);
            _ = new CogVideoXTransformer(new WeightReader(ops, files), OneLayer());
            return ops.Memory.LastingBytes;
        }
    }

    [Fact]
    public void PackedWeightsThatAreKeptChangeNothing()
    {
        using Ops ops = Ops.OnCpu(2);
        using WeightFiles files = Open("gguf/t5q-mixed.gguf");
        var encoder = new T5Encoder(new WeightReader(ops, files), T5Config.Read(ForeignGolden.Path("gguf/t5q-config.json")));
        int[] ids = [.. Enumerable.Range(1, 40)];
        float[] packed = encoder.Forward(ids, batch: 1).ToFloats();
        ops.KeptWeightsLimit = 1 << 30;
        Assert.Equal(packed, encoder.Forward(ids, batch: 1).ToFloats());
        Assert.NotEqual(0, ops.KeptWeightsBytes);
        Assert.Equal(packed, encoder.Forward(ids, batch: 1).ToFloats());
    }

    [Fact]
    public void AnAdapterThatIsMergedMakesBf16OfBlocks()
    {
        using Ops ops = Ops.OnCpu(1);
        using WeightFiles files = Open("gguf/transformer-Q8_0.gguf");
        const string Layer = "transformer_blocks.0.attn1.to_q";
        Tensor merged = new WeightReader(ops, files, [GoldenModels.Lora("style")], merge: true)[Layer].Get("weight", [96, 96]);
        Tensor own = new WeightReader(ops, files)[Layer].Get("weight", [96, 96]);
        Assert.Equal(("BF16 [96, 96]", "Q8_0 [96, 96]"), (merged.ToString(), own.ToString()));
        Assert.InRange(Agree.RelativeError(merged.ToFloats(), own.ToFloats()), 0.003, 0.9);
    }

    [Fact]
    public void ATextEncoderInF32HasTheCheckpointsBits()
    {
        using WeightFiles gguf = Open("gguf/t5-F32.gguf");
        using WeightFiles own = GoldenModels.Folder("5b").OpenTextEncoder();
        Assert.Equal(own.Names.Order(), gguf.Names.Order());
        foreach (string name in own.Names)
        {
            Assert.True(own.TryGet(name, out Tensor expected), name);
            Assert.True(gguf.TryGet(name, out Tensor tensor), name);
            Assert.Equal(expected.Shape, tensor.Shape);
            Assert.Equal(expected.ToFloats(), tensor.ToFloats());
        }
    }

    [Theory]
    [MemberData(nameof(WithTensors))]
    public void EachTensorHasTheBitsOfItsReference(string file, string name)
    {
        string source = Path.GetDirectoryName(file)!;
        JsonElement tensors = JsonDocument.Parse(File.ReadAllBytes(ForeignGolden.Path($"{source}/tensors.json"))).RootElement;
        using WeightFiles files = Open(file);
        int compared = 0;
        foreach (JsonProperty expected in tensors.EnumerateObject())
        {
            if (!expected.Name.StartsWith($"{name}/", StringComparison.Ordinal))
                continue;
            Assert.True(files.TryGet(expected.Name[(name.Length + 1)..], out Tensor tensor), expected.Name);
            Assert.Equal(expected.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()), Sizes(tensor.Shape));
            byte[] hash = SHA256.HashData(MemoryMarshal.AsBytes<float>(tensor.ToFloats()));
            Assert.Equal(expected.Value.GetProperty("sha256_f32").GetString(), Convert.ToHexStringLower(hash));
            compared++;
        }
        Assert.True(compared >= 15, $"{compared} tensors of {file} are in tensors.json");
    }

    [Theory]
    [InlineData("single/refuse-scale-shape.safetensors", "'transformer_blocks.0.attn1.to_q.weight_scale'", "[3, 5]")]
    [InlineData("single/refuse-incomplete.safetensors", "is missing from", "time_embedding.")]
    public void WhatCannotBeIsRefusedByName(string file, params string[] said)
    {
        using Ops ops = Ops.OnCpu(1);
        string message = Assert.Throws<WeightException>(() =>
        {
            using WeightFiles files = Open(file);
            _ = new CogVideoXTransformer(new WeightReader(ops, files), OneLayer());
        }).Message;
        Assert.All(said, piece => Assert.Contains(piece, message));
    }

    private static IEnumerable<JsonElement> Cases(string source, string begin) => ForeignGolden.Cases(source).Where(test =>
        ForeignGolden.Said(test, "output") is not null
        && Path.GetFileName(ForeignGolden.FileOf(test)).StartsWith(begin, StringComparison.Ordinal));

    // What has weights widened on their way is seen on one file of each kind.
    private static IEnumerable<string> DevicesFor(JsonElement test) => EachDevice.ModelNames.Where(device =>
        device != EachDevice.Emulator || EachDevice.IsEverythingEmulated || Emulated.Contains(ForeignGolden.FileOf(test)));

    private static WeightFiles Open(string file) => WeightFiles.OpenFile(ForeignGolden.Path(file), WeightLayouts.Translate);

    private static string ConfigOf(string config) =>
        config.StartsWith("gguf/", StringComparison.Ordinal) ? ForeignGolden.Path(config) : Golden.Path(config);

    private static TransformerConfig OneLayer() => GoldenModels.Folder("5b").Transformer with { Layers = 1 };

    private static IEnumerable<int> Sizes(Shape shape) => Enumerable.Range(0, shape.Rank).Select(dimension => shape[dimension]);
}
