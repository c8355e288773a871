using System.Text;
using CogVideoX.Models.T5;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Files of prompts: each line is told by its number, and a bad one keeps none of the others.</summary>
public sealed class PromptLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\n\nb c", "a", "", "b c")]
    [InlineData("\n\n", "", "")]
    [InlineData("\uFEFFein Kreis\n\uFEFFtwo", "ein Kreis", "\uFEFFtwo")]
    [InlineData("a\rb\n円, 🎬", "a\rb", "円, 🎬")]
    public void LinesAreNumberedAndKeptAsTheyAre(string text, params string[] lines)
    {
        PromptLine[] read = [.. PromptLine.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)))];
        Assert.Equal(lines.Select((line, i) => new PromptLine(i + 1, line, null)), read);
    }

    [Fact]
    public void LineThatIsNotTextKeepsNoneOfTheOthers()
    {
        byte[] bytes = [.. "a red circle\n"u8, .. "ab"u8, 0xFF, 0xFE, (byte)'\n', .. "a square\n"u8, 0xE5, 0x86];
        Assert.Equal(
            [
                new(1, "a red circle", null), new(2, null, "byte 3 isn't UTF-8 text"),
                new(3, "a square", null), new(4, null, "byte 1 isn't UTF-8 text"),
            ],
            PromptLine.Read(new MemoryStream(bytes)));
    }

    [Fact]
    public void BytesAreCountedFromTheStartOfTheFile() =>
        Assert.Equal("byte 5 isn't UTF-8 text", PromptLine.Read(new MemoryStream([.. "\uFEFFa"u8, 0xFF])).Single().Problem);

    [Fact]
    public void AbsurdlyLongLineIsToldAndPassed()
    {
        byte[] tooMany = [.. Enumerable.Repeat((byte)'a', (4 * T5Tokenizer.LongestText) + 1)];
        byte[] oneTooMany = tooMany[..(T5Tokenizer.LongestText + 1)];
        PromptLine[] read = [.. PromptLine.Read(new MemoryStream([.. tooMany, (byte)'\n', .. oneTooMany, (byte)'\n', .. oneTooMany[1..]]))];
        const string Problem = "it is longer than 1048576 characters";
        Assert.Equal([Problem, Problem, null], read.Select(line => line.Problem));
        Assert.Equal(T5Tokenizer.LongestText, read[2].Text!.Length);
    }

    [Fact]
    public void LineIsGivenBeforeTheNextIsRead()
    {
        using var stream = new OneLineAtATime("first\n", "second\n");
        using IEnumerator<PromptLine> lines = PromptLine.Read(stream).GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.Equal((new PromptLine(1, "first", null), 1), (lines.Current, stream.Reads));
        Assert.True(lines.MoveNext());
        Assert.False(lines.MoveNext());
        Assert.Equal(3, stream.Reads);
    }

    [Fact]
    public void LinesDoNotDependOnHowTheStreamIsCut()
    {
        Gen<byte> value = Gen.Elements<byte>((byte)'a', (byte)'\n', (byte)'\r', 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xFF);
        Arbitrary<byte[]> files = value.ArrayOf().ToArbitrary();
        Prop.ForAll(files, Gen.Choose(1, 5).ToArbitrary(), (file, size) =>
        {
            PromptLine[] whole = [.. PromptLine.Read(new MemoryStream(file))];
            Assert.Equal(whole, PromptLine.Read(new Pieces(file, size)));
            int ends = file.Count(one => one == '\n');
            Assert.Equal(file.Length > 0 && file[^1] != '\n' ? ends + 1 : ends, whole.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void NullIsRefusedAtOnce() => Assert.Throws<ArgumentNullException>(() => PromptLine.Read(null!));

    /// <summary>A pipe: a read gives no more than some bytes.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);
    }

    /// <summary>A terminal: a read gives a line; behind the last comes the end.</summary>
    private sealed class OneLineAtATime(params string[] lines) : MemoryStream
    {
        public int Reads { get; private set; }

        public override int Read(Span<byte> buffer) => Reads++ < lines.Length ? Encoding.UTF8.GetBytes(lines[Reads - 1], buffer) : 0;
    }
}
