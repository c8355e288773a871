using System.Text.Json;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Gguf;

public sealed class GgufFileTests
{
    private static IEnumerable<JsonElement> Cases(string expected) =>
        ForeignGolden.Cases("gguf").Where(test => ForeignGolden.Said(test, "expect") == expected);

    public static TheoryData<string> Small => Files(Cases("read").Where(test => ForeignGolden.FileOf(test).StartsWith("gguf/small")));

    public static TheoryData<string> Refused => Files(Cases("refuse"));

    public static TheoryData<string> Either => Files(Cases("either"));

    public static TheoryData<string, string> Blocks
    {
        get
        {
            using SafetensorsFile expected = ForeignGolden.Open("gguf");
            var names = new TheoryData<string, string>();
            foreach (string name in expected.Names.Where(name => name.StartsWith("blocks/", StringComparison.Ordinal)))
                names.Add(name["blocks/".Length..], name);
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void EachVariantOfTheFormatGivesTheSameTensors(string file)
    {
        using ITensorFile gguf = TensorFile.Open(ForeignGolden.Path(file));
        using SafetensorsFile expected = ForeignGolden.Open("gguf");
        Assert.IsType<GgufFile>(gguf);
        Assert.Equal(expected["small/a"].ToFloats(), gguf["a"].ToFloats());
        Assert.Equal(expected["small/b"].ToFloats(), gguf["b"].ToFloats());
        Assert.Equal([2, 2], gguf["b"].Shape);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void EachTypeGivesTheReferencesBits(string name, string expectedName)
    {
        using ITensorFile gguf = GgufFile.Open(ForeignGolden.Path("gguf/blocks.gguf"));
        using SafetensorsFile file = ForeignGolden.Open("gguf");
        Tensor stored = gguf[name], expected = file[expectedName];
        Assert.Equal(expected.Shape, stored.Shape);
        Assert.Equal(name.Split('.')[^1], stored.Type.Name);
        if (stored.Type == expected.Type)
            Assert.True(stored.HasSameElements(expected));
        else
            Assert.Equal(Bits(expected), Bits(stored));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void DamageIsToldInOneSentence(string file)
    {
        string path = ForeignGolden.Path(file);
        foreach (Func<string, ITensorFile> open in new Func<string, ITensorFile>[] { TensorFile.Open, GgufFile.Open })
        {
            string message = Assert.ThrowsAny<TensorFileException>(() => open(path)).Message;
            Assert.StartsWith(path, message);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [MemberData(nameof(Either))]
    public void WhatToolsDisagreeAboutIsReadOrToldInOneSentence(string file)
    {
        try
        {
            using ITensorFile gguf = GgufFile.Open(ForeignGolden.Path(file));
            Assert.All(gguf.Names, name => Assert.Equal(gguf[name].Count, gguf[name].ToFloats().Length));
        }
        catch (GgufException exception)
        {
            Assert.StartsWith(ForeignGolden.Path(file), exception.Message);
        }
    }

    [Theory]
    [InlineData("refuse/type-99", "tensor 'a' has elements of the type 99; read are F32,")]
    [InlineData("refuse/type-removed", "type 4 (Q4_2, which GGML has no more)")]
    [InlineData("either/type-unsupported", "type 19 (IQ1_S)")]
    [InlineData("either/version-1", "version 1 of the format")]
    [InlineData("refuse/big-endian", "big-endian")]
    [InlineData("refuse/row-not-blocks-2", "rows of 16, which aren't whole blocks of 32")]
    [InlineData("refuse/overlap", "overlaps 'a'")]
    [InlineData("refuse/array-deep", "more than 8 deep")]
    [InlineData("refuse/alignment-text", "'general.alignment' is no unsigned number")]
    [InlineData("refuse/no-tensors", "vocabulary")]
    [InlineData("refuse/cut-in-data", "cut short or damaged: tensor 'b' F32 [2, 2] ends at byte")]
    [InlineData("refuse/same-name", "tensor 'a' is there twice")]
    [InlineData("refuse/offset-overflow", "begins at byte 18446744073709551584")]
    public void MessagesSayWhatIsWrong(string file, string said) =>
        Assert.Contains(said, Assert.Throws<GgufException>(() => GgufFile.Open(ForeignGolden.Path($"gguf/{file}.gguf"))).Message);

    [Fact]
    public void MetadataOfEveryKindAreThere()
    {
        using GgufFile kinds = GgufFile.Open(ForeignGolden.Path("gguf/small/all-kinds.gguf"));
        Assert.True(kinds.Keys.Count > 12, string.Join(", ", kinds.Keys));
        using GgufFile t5 = GgufFile.Open(ForeignGolden.Path("gguf/t5q-Q8_0.gguf"));
        Assert.Equal("t5encoder", t5.Architecture);
        Assert.True(t5.TryGetTexts("tokenizer.ggml.tokens", out string[]? pieces));
        Assert.True(t5.TryGetFloats("tokenizer.ggml.scores", out double[]? scores));
        Assert.True(t5.TryGetIntegers("tokenizer.ggml.token_type", out long[]? types));
        Assert.Equal((96, 96, 96), (pieces.Length, scores.Length, types.Length));
        Assert.True(t5.TryGetInteger("t5encoder.block_count", out long blocks));
        Assert.Equal(2, blocks);
        Assert.False(t5.TryGetInteger("general.architecture", out _));
        Assert.False(t5.TryGetTexts("tokenizer.ggml.scores", out _));
        Assert.False(t5.TryGetIntegers("t5encoder.block_count", out _));
        Assert.False(t5.TryGetFloats("nothing", out _));
        t5.Dispose();
        Assert.Throws<ObjectDisposedException>(() => t5.TryGetInteger("t5encoder.block_count", out _));
    }

    private static TheoryData<string> Files(IEnumerable<JsonElement> tests) => [.. tests.Select(ForeignGolden.FileOf)];

    private static int[] Bits(Tensor tensor) => [.. tensor.ToFloats().Select(BitConverter.SingleToInt32Bits)];
}
