using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Tensors.Tests.Operations;
using CogVideoX.Tensors.Tests.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Gguf;

public sealed class GgufWriterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    // What gguf's own writer made, read, and written again.
    [Fact]
    public void AFileHasTheBytesOfGgufsOwnWriter()
    {
        string golden = ForeignGolden.Path("gguf/t5q-Q8_0.gguf"), path = folder["again.gguf"];
        using GgufFile gguf = GgufFile.Open(golden);
        ITensorFile file = gguf;
        Assert.True(gguf.TryGetTexts("tokenizer.ggml.tokens", out string[]? tokens));
        Assert.True(gguf.TryGetFloats("tokenizer.ggml.scores", out double[]? scores));
        Assert.True(gguf.TryGetIntegers("tokenizer.ggml.token_type", out long[]? types));
        var other = new Dictionary<string, object>
        {
            ["t5encoder.attention.layer_norm_epsilon"] = 1e-6f,
            ["t5encoder.attention.layer_norm_rms_epsilon"] = 1e-6f,
            ["tokenizer.ggml.tokens"] = tokens,
            ["tokenizer.ggml.scores"] = scores.Select(score => (float)score).ToArray(),
            ["tokenizer.ggml.token_type"] = types.Select(type => (int)type).ToArray(),
            ["tokenizer.ggml.add_space_prefix"] = true,
            ["tokenizer.ggml.remove_extra_whitespaces"] = true,
            ["tokenizer.ggml.add_eos_token"] = true,
            ["tokenizer.ggml.add_bos_token"] = false,
        };
        var metadata = gguf.Keys.Skip(1).Select(key => KeyValuePair.Create(key, other.TryGetValue(key, out object? value) ? value
            : gguf.Metadata.TryGetValue(key, out string? text) ? text
            : gguf.TryGetInteger(key, out long number) ? (uint)number : throw new InvalidDataException(key)));
        GgufWriter.Write(path, gguf.Architecture!, gguf.Names.Select(name => TensorSource.Of(name, file[name])), metadata);
        Assert.Equal(File.ReadAllBytes(golden), File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    public void WhatIsWrittenIsReadBack(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        DType type = ConvertedTensor.Types.Single(known => known.Name == name);
        Tensor tensor = ops.Random(new Random(4), [3, 5, 64]); // not whole chunks
        string path = folder["w.gguf"];
        GgufWriter.Write(path, "test", [ConvertedTensor.Of("w", type, tensor), ConvertedTensor.Of("b", DType.F32, tensor)]);
        using ITensorFile file = TensorFile.Open(path);
        Assert.Equal($"{name} [3, 5, 64]", file["w"].ToString());
        Assert.Equal(tensor.ToFloats(), file["b"].ToFloats());
        double error = name switch { "F32" => 0, "F16" => 5e-4, "BF16" => 4e-3, "Q8_0" => 1e-2, _ => 0.12 };
        Assert.InRange(Agree.RelativeError(file["w"].ToFloats(), tensor.ToFloats()), error / 20, error);
    }

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    public void BlocksAreThoseOfGgufsOwnQuantiser(string name)
    {
        using SafetensorsFile expected = ForeignGolden.Open("gguf");
        using Ops ops = Ops.OnCpu(1);
        DType type = ConvertedTensor.Types.Single(known => known.Name == name);
        Tensor numbers = expected[$"quantize.{name}.x"];
        byte[] blocks = new byte[type.BytesOf(numbers.Count)];
        ConvertedTensor.Of("x", type, numbers).Fill(0, blocks);
        Assert.Equal(expected[$"quantize.{name}.blocks"].AsReadOnlySpan<byte>().ToArray(), blocks);
    }

    [Fact]
    public void Float8IsRoundedAsPyTorchDoes()
    {
        using SafetensorsFile expected = ForeignGolden.Open("single");
        Tensor numbers = expected["fp8.e4m3fn.round.x"], codes = expected["fp8.e4m3fn.round.code"];
        byte[] rounded = new byte[numbers.Count];
        ConvertedTensor.Of("x", DType.F8E4M3, numbers).Fill(0, rounded);
        Assert.Equal(codes.AsReadOnlySpan<byte>().ToArray(), rounded);
    }

    [Theory]
    [InlineData("e4m3fn", "F8_E4M3")]
    [InlineData("e5m2", "F8_E5M2")]
    public void EveryCodeOfFloat8HasPyTorchsValue(string form, string name)
    {
        using SafetensorsFile expected = ForeignGolden.Open("single");
        using Ops ops = Ops.OnCpu(1);
        Assert.True(DType.TryParse(name, out DType type));
        Tensor codes = ops.FromHost([.. Enumerable.Range(0, 256).Select(code => (byte)code)], [256], type);
        Assert.Equal(expected[$"fp8.{form}.value_of_code"].ToFloats(), codes.ToFloats());
    }

    [Fact]
    public void NumbersAreDividedByTheScale()
    {
        using Ops ops = Ops.OnCpu(1);
        byte[] rounded = new byte[3];
        ConvertedTensor.Of("x", DType.F8E4M3, ops.FromHost([2f, -4, 10000], [3]), scale: 2).Fill(0, rounded);
        Assert.Equal([1, -2, 448], ops.FromHost(rounded, [3], DType.F8E4M3).ToFloats());
    }

    [Fact]
    public void WhatCannotBeWrittenIsToldBefore()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor rows = ops.Random(new Random(1), [2, 48]), float8 = ops.FromHost(new byte[4], [4], DType.F8E4M3);
        Assert.Contains("rows of 48", Assert.Throws<TensorException>(() => ConvertedTensor.Of("x", DType.Q8Blocks32, rows)).Message);
        Assert.Contains(
            "aren't written as Q4_K", Assert.Throws<TensorException>(() => ConvertedTensor.Of("x", DType.Q4Blocks256, rows)).Message);
        TensorSource source = TensorSource.Of("x", rows);
        Assert.Contains("no tensors", Refused([]));
        Assert.Contains("two tensors 'x'", Refused([source, source]));
        Assert.Contains("GGUF has no type for 'x' F8_E4M3", Refused([TensorSource.Of("x", float8)]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(folder["w"], "a", [source], [new("k", new object())]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(folder["w"], "a", [source], [new("k", new object[1])]));
        foreach (float number in new[] { float.NaN, float.NegativeInfinity, 1e30f })
        {
            TensorSource odd = ConvertedTensor.Of("x", DType.Q4Blocks32, ops.FromHost([.. new float[31], number], [32]));
            string message = Assert.Throws<TensorException>(() => GgufWriter.Write(folder["w"], "a", [odd])).Message;
            Assert.Contains("'x' F32 [32] can't be written as Q4_0", message);
        }
        Assert.False(File.Exists(folder["w"]));
    }

    private string Refused(TensorSource[] sources) =>
        Assert.Throws<GgufException>(() => GgufWriter.Write(folder["w"], "a", sources)).Message;
}
