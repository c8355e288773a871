using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Lora;

/// <summary>One forward pass with adapters against diffusers' and PEFT's.</summary>
public sealed class LoraForwardTests
{
    private const double FusedFromBeside = 1e-6;

    // Golden, adapters, scales.
    private static readonly (string Name, string[] Adapters, double[] Scales)[] Mixtures =
    [
        ("style.0.6", ["style"], [0.6]),
        ("style.1.0", ["style"], [1.0]),
        ("style.0.7+motion.0.5", ["style", "motion"], [0.7, 0.5]),
    ];

    public static TheoryData<string, string, bool> Cases()
    {
        var cases = new TheoryData<string, string, bool>();
        foreach ((string name, _, _) in Mixtures)
        {
            foreach (string device in EachDevice.ModelNames)
            {
                cases.Add(name, device, false);
                cases.Add(name, device, true);
            }
        }
        if (!EachDevice.ModelNames.Contains(EachDevice.Emulator))
            cases.Add("style.0.7+motion.0.5", EachDevice.Emulator, false);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReferenceAtEveryScale(string name, string device, bool merge)
    {
        using SafetensorsFile goldens = Golden.Open("lora/expected.safetensors");
        (_, string[] adapters, double[] scales) = Mixtures.Single(mixture => mixture.Name == name);
        using Ops ops = EachDevice.Open(device);
        Tensor output = Forward(ops, goldens, [.. adapters.Zip(scales, (adapter, scale) => GoldenModels.Lora(adapter, scale))], merge);
        Agree.With(goldens[name], output, $"{name} on {device}{(merge ? ", merged" : "")}");
    }

    [Theory]
    [InlineData("diffusers-metadata/style.safetensors", "style.1.0")]
    [InlineData("diffusers-metadata/motion.safetensors", "motion.1.0")]
    [InlineData("diffusers-old/motion.safetensors", "motion.1.0")]
    [InlineData("no-prefix/style.safetensors", "style.1.0")]
    [InlineData("comfy/style.safetensors", "style.1.0")]
    [InlineData("bf16/style.safetensors", "style.bf16")]
    [InlineData("kohya/style.safetensors", "style.1.0")]
    [InlineData("kohya/motion.safetensors", "motion.1.0")]
    [InlineData("videox-fun/motion.safetensors", "motion.1.0")]
    [InlineData("videox-fun-peft/motion.safetensors", "motion.1.0")]
    [InlineData("sat/style.safetensors", "style.1.0", 2.0)]
    [InlineData("peft-style", "style.1.0")]
    [InlineData("peft-patterns", "peft-patterns")]
    [InlineData("peft-rslora", "peft-rslora")]
    [InlineData("peft-regex-target", "peft-regex-target")]
    public void EveryLayoutGivesTheNumbersOfItsAdapter(string path, string name, double? alpha = null)
    {
        using SafetensorsFile goldens = Golden.Open("lora/foreign/expected.safetensors");
        using Ops ops = Ops.OnCpu(1);
        foreach (bool merge in new[] { false, true })
        {
            LoraAdapter adapter = GoldenModels.Lora($"foreign/{path}", alpha: alpha);
            Agree.With(goldens[name], Forward(ops, goldens, [adapter], merge), $"{path}, merged: {merge}");
        }
    }

    [Theory]
    [InlineData("pickle", "motion.1.0")]
    [InlineData("pickle/pytorch_lora_weights.bin", "motion.1.0")]
    [InlineData("sat/style/1/mp_rank_00_model_states.pt", "style.1.0")]
    [InlineData("sat/style/1", "style.1.0")]
    public void PicklesGiveTheNumbersOfTheirAdapter(string path, string name) => EveryLayoutGivesTheNumbersOfItsAdapter(path, name);

    [Fact]
    public void MergedWeightsAreTheReferencesAndItsOutputThatOfTheWeightsBeside()
    {
        using SafetensorsFile goldens = Golden.Open("lora/runs/lora-style-motion-fused.safetensors"), inputs = Inputs();
        using Ops ops = Ops.OnCpu(1);
        LoraAdapter[] adapters = [GoldenModels.Lora("style", 0.7), GoldenModels.Lora("motion", 0.5)];
        var weights = new WeightReader(ops, GoldenModels.Folder("5b").OpenTransformer(), adapters, merge: true);
        foreach (string name in goldens.Names.Where(name => name.StartsWith("fused.", StringComparison.Ordinal)))
        {
            string key = name["fused.".Length..];
            Agree.With(goldens[name], weights.Get(key, goldens[name].Shape), key, FusedFromBeside);
        }
        Agree.With(Forward(ops, inputs, adapters, merge: false), Forward(ops, inputs, adapters, merge: true), "merged", FusedFromBeside);
    }

    // Every layer that an adapter may change, with the fused ones among them: A and B are random, of rank 2.
    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    public void AllLayersThatCanBeChangedAre(string kind)
    {
        using var folder = new TempFolder();
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        IReadOnlyDictionary<string, Shape> targets = LoraTargets.Of(GoldenModels.Folder(kind).Transformer);
        using Ops ops = Ops.OnCpu(1);
        Tensor plain = Run([], merge: false);
        foreach ((string module, Shape weight) in targets)
        {
            string path = folder[$"{module}.safetensors"];
            LoraFiles.Write(path, LoraFiles.Random(module, weight));
            using LoraFile file = LoraFile.Open(path);
            var adapter = new LoraAdapter(file, 0.5, targets);
            Tensor beside = Run([adapter], merge: false);
            Agree.With(Run([adapter], merge: true), beside, module, 5e-6);
            double change = Agree.RelativeError(beside.ToFloats(), plain.ToFloats());
            Assert.True(change > 1e-3, $"{module} changes the output by {change:E1}");
        }
        Assert.Equal(
            ["attn1.to_k", "attn1.to_out.0", "attn1.to_q", "attn1.to_v", "ff.net.0.proj", "ff.net.2", "norm1.linear", "norm2.linear"],
            targets.Keys.Where(name => name.StartsWith("transformer_blocks.1.", StringComparison.Ordinal))
                .Select(name => name["transformer_blocks.1.".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "norm_out.linear", "patch_embed.proj", "patch_embed.text_proj", "proj_out", "time_embedding.linear_1",
                "time_embedding.linear_2",
            ],
            targets.Keys.Where(name => !name.StartsWith("transformer_blocks.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        Tensor Run(IReadOnlyList<LoraAdapter> adapters, bool merge) => GoldenModels.Transformer(ops, kind, adapters, merge).Forward(
            ops.Load(goldens, "native.hidden_states"), GoldenModels.Text(ops.Load(goldens, "native.encoder_hidden_states")),
            GoldenModels.Timesteps(goldens["native.timestep"]));
    }

    [Fact]
    public void NoAdapterChangesNoBit()
    {
        using SafetensorsFile inputs = Inputs();
        using Ops ops = Ops.OnCpu(1);
        float[] plain = Forward(ops, inputs, GoldenModels.Transformer(ops, "5b")).ToFloats();
        Assert.Equal(plain, Forward(ops, inputs, [], merge: false).ToFloats());
        Assert.Equal(plain, Forward(ops, inputs, [], merge: true).ToFloats());
        Agree.With(inputs["base"], Forward(ops, inputs, [GoldenModels.Lora("style", 0)], merge: true), "scale 0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BitsDontDependOnThreads(bool merge)
    {
        using SafetensorsFile inputs = Inputs();
        using Ops one = Ops.OnCpu(1), three = Ops.OnCpu(3);
        LoraAdapter[] adapters = [GoldenModels.Lora("style", 0.7), GoldenModels.Lora("motion", 0.5)];
        Assert.Equal(Forward(one, inputs, adapters, merge).ToFloats(), Forward(three, inputs, adapters, merge).ToFloats());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DryRunTakesTheMemoryOfTheRealOne(bool merge)
    {
        using SafetensorsFile inputs = Inputs();
        using Ops real = Ops.OnCpu(1), dry = Ops.Planning();
        LoraAdapter[] adapters = [GoldenModels.Lora("style", 0.7), GoldenModels.Lora("motion", 0.5)];
        foreach (Ops ops in new[] { real, dry })
            Forward(ops, inputs, adapters, merge);
        Assert.Equal(real.Memory.PeakBytes, dry.Memory.PeakBytes);
        Assert.Equal(real.Memory.LastingBytes, dry.Memory.LastingBytes);
        Assert.Equal(real.Memory.LiveCount, dry.Memory.LiveCount);
        Assert.Equal(merge, real.Memory.LastingBytes > 0); // beside the weights, an adapter lies in its mapped file
    }

    // 16-bit activations, sums in fp32: the naive forms, which are every device's oracle.
    [Fact]
    public void ActivationsOf16BitsStayWithinTheirRounding()
    {
        using SafetensorsFile goldens = Golden.Open("lora/expected.safetensors");
        using Ops ops = EachDevice.OpenNaive(DType.BF16);
        Tensor output = Forward(ops, goldens, [GoldenModels.Lora("style", 0.7), GoldenModels.Lora("motion", 0.5)], merge: false);
        Agree.With(goldens["style.0.7+motion.0.5"], output, "bf16 activations", 0.02);
    }

    private static SafetensorsFile Inputs() => Golden.Open("lora/expected.safetensors");

    private static Tensor Forward(Ops ops, SafetensorsFile inputs, IReadOnlyList<LoraAdapter> adapters, bool merge) =>
        Forward(ops, inputs, GoldenModels.Transformer(ops, "5b", adapters, merge));

    private static Tensor Forward(Ops ops, SafetensorsFile inputs, CogVideoXTransformer transformer) => transformer.Forward(
        ops.Load(inputs, "x"), GoldenModels.Text(ops.Cast(ops.Load(inputs, "e"), ops.ActivationType)), GoldenModels.Timesteps(inputs["t"]));
}
