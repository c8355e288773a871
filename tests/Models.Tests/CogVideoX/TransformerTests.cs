using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.CogVideoX;

public sealed class TransformerTests
{
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (string kind in new[] { "2b", "5b", "5b-i2v", "1.5", "1.5-i2v" })
        {
            foreach (string size in kind == "5b-i2v" ? new[] { "native" } : ["native", "other"])
            {
                foreach (string device in EachDevice.ModelNames)
                    cases.Add(kind, size, device);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReferenceAtEveryStage(string kind, string size, string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, kind);
        int compared = 0;
        transformer.Observer = (stage, tensor) =>
        {
            Agree.With(goldens[$"{size}.{stage}"], tensor, $"{kind} {size} {stage}");
            compared++;
        };
        (Tensor latents, Conditions conditions) = GoldenModels.Input(ops, goldens, size);
        transformer.Forward(latents, conditions, GoldenModels.Timesteps(goldens[$"{size}.timestep"]));
        Assert.Equal(kind == "1.5-i2v" ? 8 : 7, compared); // time (and ofs), patches, two blocks of two streams, output
    }

    // Beyond the table that the reference keeps, where it fails: rows and columns are counted, so that a smaller size is a part of it.
    [Fact]
    public void RotaryTablesOf15CountRowsAndColumnsAtAnySize()
    {
        using Ops ops = Ops.OnCpu(1);
        TransformerConfig config = GoldenModels.Folder("1.5").Transformer;
        RotaryTable small = RotaryTable.For(ops, config, 2, 6, 8), large = RotaryTable.For(ops, config, 2, 40, 30);
        for (int row = 0; row < 3; row++)
        {
            Assert.Equal(
                ops.Slice(small.Cos, 0, row * 4, 4).ToFloats(), ops.Slice(large.Cos, 0, row * 15, 4).ToFloats());
        }
        Assert.Equal([20 * 15, 48], large.Sin.Shape);
    }

    [Fact]
    public void StoredPositionsAreForTheirOwnSizeAndCountOnly()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "5b-i2v");
        var error = Assert.Throws<TensorException>(() => transformer.Prepare([1, 3, 4, 8, 10]));
        Assert.Contains("stored for 8×12 alone", error.Message);
        transformer.Prepare([1, 5, 4, 8, 12]); // computed, as the reference does
        Tensor latents = ops.Empty([1, 3, 4, 8, 12]);
        var conditions = new Conditions { Text = ops.Empty([1, 20, 24]), ImageLatents = latents };
        error = Assert.Throws<TensorException>(() => transformer.Forward(latents, conditions, [999]));
        Assert.Contains("prompts of 26 tokens", error.Message);
    }

    [Fact]
    public void RefusesFramesThatPatchesDontDivide()
    {
        using Ops ops = Ops.Planning();
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "1.5");
        Conditions text = GoldenModels.Text(ops.Empty([1, 26, 24]));
        var error = Assert.Throws<TensorException>(() => transformer.Forward(ops.Empty([1, 3, 4, 8, 12]), text, [999]));
        Assert.Contains("F a multiple of 2", error.Message);
    }

    [Theory]
    [InlineData("native", 3, 8, 12)]
    [InlineData("other", 2, 10, 8)]
    public void RotaryTableAgreesWithTheReference(string size, int frames, int height, int width)
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("transformer/5b/expected.safetensors");
        RotaryTable table = RotaryTable.For(ops, GoldenModels.Folder("5b").Transformer, frames, height, width);
        Agree.With(goldens[$"{size}.rope_cos"], table.Cos, $"{size} cos", 1e-6);
        Agree.With(goldens[$"{size}.rope_sin"], table.Sin, $"{size} sin", 1e-6);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(64)]
    public void RotaryTablesOfAllHeadDimsAgree(int headDim)
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        foreach ((int rows, int columns, int frames) in new[] { (4, 6, 3), (5, 3, 2) })
        {
            RotaryTable table = RotaryTable.Make(ops, headDim, frames, rows, columns, baseRows: 4, baseColumns: 6);
            string name = $"rope3d.dim{headDim}.h{rows}.w{columns}.t{frames}.base_w6.base_h4";
            Agree.With(goldens[$"{name}.cos"], table.Cos, $"{name}.cos", 1e-6);
            Agree.With(goldens[$"{name}.sin"], table.Sin, $"{name}.sin", 1e-6);
        }
    }

    [Theory]
    [InlineData(48, 6, 4, 3)]
    [InlineData(128, 5, 7, 2)]
    public void SinCosTableAgrees(int dim, int columns, int rows, int frames)
    {
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        using Ops ops = Ops.OnCpu(1);
        string name = $"sincos3d.dim{dim}.w{columns}.h{rows}.t{frames}.spatial1.875";
        Tensor table = SinCosPositions.Make(ops, dim, frames, rows, columns, 1.875, 1);
        Agree.With(goldens[name], table.Reshape([frames, rows * columns, dim]), name, 1e-6);
    }

    [Theory]
    [InlineData(32, true, 0)]
    [InlineData(33, true, 0)]
    [InlineData(64, true, 0)]
    [InlineData(64, false, 1)]
    public void TimestepWavesAgree(int dim, bool flip, float shift)
    {
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        float[] timesteps = goldens["timestep_embedding.t"].ToFloats();
        var waves = new float[timesteps.Length * dim];
        for (int i = 0; i < timesteps.Length; i++)
            TimeEmbedding.Waves(timesteps[i], flip, shift, waves.AsSpan(i * dim, dim));
        double error = Agree.RelativeError(
            waves, goldens[$"timestep_embedding.dim{dim}.{(flip ? "flip" : "noflip")}.shift{shift}"].ToFloats());
        Assert.True(error < Agree.Module, $"relative error {error:E2}");
    }

    [Fact]
    public void DryRunTakesTheMemoryOfTheRealOne()
    {
        using Ops real = Ops.OnCpu(1), dry = Ops.Planning();
        using SafetensorsFile goldens = Golden.Open("transformer/5b/expected.safetensors");
        foreach (Ops ops in new[] { real, dry })
        {
            CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "5b");
            transformer.Forward(
                ops.Load(goldens, "native.hidden_states"),
                GoldenModels.Text(ops.Load(goldens, "native.encoder_hidden_states")),
                GoldenModels.Timesteps(goldens["native.timestep"]));
        }
        Assert.Equal(real.Memory.PeakBytes, dry.Memory.PeakBytes);
        Assert.Equal(real.Memory.LiveCount, dry.Memory.LiveCount);
        Assert.True(dry.PlannedFlops > 0);
    }

    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    public void TablesMadeAheadChangeNothingAndServeTheirSizeOnly(string kind)
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, kind);
        transformer.Prepare(goldens["native.hidden_states"].Shape);
        int prepared = ops.Memory.LiveCount;
        foreach (string size in new[] { "native", "native", "other" })
        {
            using MemoryScope scope = ops.Scope();
            Tensor output = transformer.Forward(
                ops.Load(goldens, $"{size}.hidden_states"),
                GoldenModels.Text(ops.Load(goldens, $"{size}.encoder_hidden_states")),
                GoldenModels.Timesteps(goldens[$"{size}.timestep"]));
            Agree.With(goldens[$"{size}.output"], output, $"{kind} {size} prepared");
        }
        Assert.Equal(kind == "5b" ? 2 : 1, prepared);
        Assert.Equal(prepared, ops.Memory.LiveCount);
    }

    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    public void RefusesMoreTokensThanASequenceHas(string kind)
    {
        using Ops ops = Ops.Planning();
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, kind);
        Tensor latents = ops.Empty([1, 70_000, 4, 400, 400]);
        var error = Assert.Throws<TensorException>(() => transformer.Forward(latents, GoldenModels.Text(ops.Empty([1, 26, 24])), [999]));
        Assert.Contains("70000 frames of 200×200 patches are 2800000000 tokens", error.Message);
        Assert.Throws<TensorException>(() => transformer.Prepare(latents.Shape));
    }

    [Fact]
    public void RefusesLatentsThatPatchesDontDivide()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "5b");
        Conditions text = GoldenModels.Text(ops.Empty([1, 26, 24]));
        var error = Assert.Throws<TensorException>(() => transformer.Forward(ops.Empty([1, 3, 4, 7, 12]), text, [999]));
        Assert.Contains("multiples of 2", error.Message);
    }

    [Fact]
    public void RefusesConditionsThatItDoesntKnowByName()
    {
        using Ops ops = Ops.Planning();
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, "5b");
        Tensor latents = ops.Empty([1, 3, 4, 8, 12]), text = ops.Empty([1, 26, 24]);
        Assert.Contains("it doesn't know ImageLatents, Ofs.", Refusal(new Conditions { Text = text, ImageLatents = latents, Ofs = 2 }));
        Assert.Contains("Text is missing", Refusal(new Conditions { MotionBucket = 127 }));

        string Refusal(Conditions conditions) =>
            Assert.Throws<TensorException>(() => transformer.Forward(latents, conditions, [999])).Message;
    }
}
