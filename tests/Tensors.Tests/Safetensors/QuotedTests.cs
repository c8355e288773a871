using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class QuotedTests
{
    [Theory]
    [InlineData("proj.weight", "'proj.weight'")]
    [InlineData("模型 é ∑", "'模型 é ∑'")]
    [InlineData("\u001b[31mred\u001b[0m", "'\\u001B[31mred\\u001B[0m'")]
    [InlineData("a\r\nb\tc\0", "'a\\u000D\\u000Ab\\u0009c\\u0000'")]
    [InlineData("\u009b31m\u007f", "'\\u009B31m\\u007F'")]
    [InlineData("a\u2028b\u202ec\u200b", "'a\\u2028b\\u202Ec\\u200B'")]
    [InlineData("", "''")]
    public void WhatATerminalWouldObeyIsEscaped(string text, string quoted) => Assert.Equal(quoted, Quoted.Name(text));

    [Fact]
    public void HalfACharacterIsReplaced() => Assert.Equal("'a\uFFFDb'", Quoted.Name("a\ud800b"));

    [Fact]
    public void LongNamesAreCut()
    {
        Assert.Equal($"'{new string('x', 120)}'", Quoted.Name(new string('x', 120)));
        Assert.Equal($"'{new string('x', 120)}…'", Quoted.Name(new string('x', 100_000)));
        Assert.True(Quoted.Line(new string('\n', 100_000)).Length < 4010);
    }

    [Fact]
    public void FiveNamesAreListedAndTheRestCounted()
    {
        Assert.Equal("'a', 'b'", Quoted.Names(["a", "b"]));
        Assert.Equal("'0', '1', '2', '3', '4' and 2 more", Quoted.Names(["0", "1", "2", "3", "4", "5", "6"]));
    }
}
