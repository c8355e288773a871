using System.Text;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Tests.Safetensors;

public sealed class BadFileTests
{
    private const string Good = """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""";

    [Theory]
    [InlineData("", "empty (0 bytes)")]
    [InlineData("abc", "3 bytes; a safetensors file has at least 8")]
    [InlineData("\0\0\0\0\0\0\0\0", "0 bytes long")]
    [InlineData("AAAAAAAAAAAA", "isn't a safetensors file")]
    [InlineData("\u0040\0\0\0\0\0\0\0{}", "header ends at byte 72 and only 10 bytes are there")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull")]
    [InlineData("  <!DOCTYPE html><html></html>", "web page")]
    [InlineData("<html>", "web page")]
    [InlineData("PK\u0003\u0004aaaaaaaaaa", "PyTorch pickle")]
    [InlineData("GGUF\u0003aaaaaaaaa", "this is a GGUF file, not safetensors")]
    [InlineData("{\"error\": \"not found\"}", "this is a JSON text, not safetensors")]
    [InlineData("\u0080\u0004}q\0aaaaaaaa", "PyTorch pickle")]
    [InlineData("\u001f\u008baaaaaaaaaa", "compressed archive")]
    [InlineData("\0\0\0\u0020ftypisom\0\0\u0002\0", "this is an MP4 video, not safetensors")]
    [InlineData("\0\0\0\u0014ftypqt  \0\0\u0002\0", "QuickTime")]
    [InlineData("\u001A\u0045\u00DF\u00A3\u0001\0\0\0", "WebM or Matroska")]
    [InlineData("GIF89aaaaaaa", "GIF")]
    [InlineData("\u0089PNG\r\n\u001A\n", "PNG")]
    [InlineData("RIFF\u0010\0\0\0WEBPVP8 ", "WebP")]
    [InlineData("YUV4MPEG2 W64 H64 F8:1\n", "Y4M")]
    public void WhatIsNoSafetensorsFileIsNamed(string contents, string says) => Refused(Encoding.Latin1.GetBytes(contents), says);

    [Fact]
    public void WhatIsNoFileIsNamedAndNotReadFrom()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "this system has no /dev/null");
        string message = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open("/dev/null")).Message;
        Assert.Equal("/dev/null is a device; a .safetensors file is needed here.", message);
    }

    [Theory]
    [InlineData("[]", "StartArray, not an object")]
    [InlineData("12345678", "Number, not an object")]
    [InlineData("{", "isn't JSON")]
    [InlineData("{}x", "isn't JSON")]
    [InlineData("{} {}", "isn't JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[[[1]]]],"data_offsets":[0,1]}}""", "whole numbers")]
    [InlineData("""{"a":1}""", "'a' is a JSON Number")]
    [InlineData("""{"__metadata__":{"a":{}}}""", "'__metadata__.a' is a JSON StartObject, not a String")]
    [InlineData("""{"__metadata__":{"a":"","a":""}}""", "'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "'__metadata__' twice")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}""", "'dtype' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"strides":1}}""", "unknown property 'strides'")]
    public void BadHeadersAreRefused(string header, string says) => Refused(RawFile.Of(header), says);

    [Theory]
    [InlineData("""{"a":{"shape":[0],"data_offsets":[0,0]}}""", "lacks 'dtype'")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,0]}}""", "lacks 'shape'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0]}}""", "lacks 'data_offsets'")]
    [InlineData("""{"a":{"dtype":"F4","shape":[0],"data_offsets":[0,0]}}""", "unknown dtype 'F4' (known: F32, BF16")]
    [InlineData("""{"a":{"dtype":7,"shape":[0],"data_offsets":[0,0]}}""", "'a.dtype' is a JSON Number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}""", "'-1' as the size of dimension 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,0]}}""", "'1.5' as the size")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,4294967296],"data_offsets":[0,0]}}""", "'4294967296' as the size of dimension 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,0]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", "more than 8 dimensions")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,0]}}""", "overflows 64 bits")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2147483647,2147483647],"data_offsets":[0,0]}}""", "more bytes than 64 bits")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", "impossible data_offsets [4, 0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", "impossible data_offsets [-4, 0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,3]}}""", "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}""", "needs 16 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}""", "two whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}""", "more than two data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4.0]}}""", "two whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,18446744073709551615]}}""", "two whole numbers")]
    public void BadTensorsAreRefused(string header, string says) => Refused(RawFile.Of(header, 4), says);

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[9223372036854775803,9223372036854775807]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "1 bytes follow the last tensor")]
    [InlineData("{}", "4 bytes follow the last tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "bytes 0 to 1 before 'a'")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""",
        "bytes 1 to 2 before 'b'")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""",
        "'b' (from byte 2) overlaps 'a' (to byte 3)")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""",
        "overlaps 'a'")]
    public void TensorsThatDontFillTheDataAreRefused(string header, string says) => Refused(RawFile.Of(header, 4), says);

    [Fact]
    public void ATruncatedFileSaysHowManyBytesWereExpected()
    {
        byte[] whole = RawFile.Of(Good, 4);
        Refused(whole[..^1], $"ends at byte {whole.Length} and only {whole.Length - 1} bytes are there. Download it again");
    }

    [Fact]
    public void TextThatIsNotUtf8IsRefused() => Refused(RawFile.Of([(byte)'{', (byte)'"', 0xFF, (byte)'"']), "isn't UTF-8");

    [Theory]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"\udfff","shape":[4],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"\ud800":1}}""")]
    [InlineData("""{"__metadata__":{"a":"\ud800x"}}""")]
    public void HalfACharacterIsRefused(string header) => Refused(RawFile.Of(header, 4), "half of a character");

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_000)]
    [InlineData(100_001)]
    public void HeadersOfAnyLengthOpen(int length)
    {
        using var folder = new TempFolder();
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("x", RawFile.Of(Good.PadRight(length), 4)));
        Assert.Equal(Enumerable.Range(8 + length, 4).Select(value => (byte)value), file["a"].AsReadOnlySpan<byte>().ToArray());
    }

    [Fact]
    public void ATooLongHeaderThatIsThereIsToldFromRubbish()
    {
        using var folder = new TempFolder();
        string path = folder.Write("x", [.. BitConverter.GetBytes(101_000_000L), .. "{"u8]);
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(101_000_100);
        Assert.Contains("the header is 101000000 bytes long; the format allows 100000000 at most", Error(path));
    }

    [Fact]
    public void DeepJsonIsRefused() => Refused(RawFile.Of(new string('[', 1_000_000)), "isn't JSON that the format allows", "StartArray");

    [Fact]
    public void DeepJsonInsideATensorIsRefused() =>
        Refused(RawFile.Of($$"""{"a":{"shape":{{new string('[', 100_000)}}"""), "size of dimension 0");

    [Fact]
    public void AHeaderLongerThanTheFormatAllowsIsRefused()
    {
        byte[] file = RawFile.Of(Good, 4);
        BitConverter.GetBytes(100_000_001L).CopyTo(file, 0);
        Refused(file, "100000001 bytes long; 2 to 100000000");
    }

    [Fact]
    public void HugeAndControlCharactersInNamesDontReachTheMessage()
    {
        string name = @"\u001b[2J" + new string('x', 10_000);
        string message = Refused(RawFile.Of($$"""{"{{name}}":1}"""), "at most 1024 characters and no control characters");
        Assert.True(message.Length < 500);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public void PathsThatAreNoReadableFileAreNamed()
    {
        using var folder = new TempFolder();
        Assert.Contains("is a folder", Error(folder.Path));
        Assert.Contains("doesn't exist", Error(folder["none.safetensors"]));
        Assert.Contains("doesn't exist", Error(folder["none/x.safetensors"]));
        Assert.Contains("is empty", Error(""));
        Assert.Contains("can't be mapped", Error("\0"));
    }

    [Fact]
    public void AFileWithoutPermissionIsNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "This user may read everything.");
        using var folder = new TempFolder();
        string path = folder.Write("x", RawFile.Of(Good, 4));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains("may not be read by this user", Error(path));
    }

    private static string Refused(byte[] contents, params string[] saysOneOf)
    {
        using var folder = new TempFolder();
        string path = folder.Write("bad.safetensors", contents);
        string message = Error(path);
        Assert.StartsWith(path, message);
        Assert.True(saysOneOf.Any(message.Contains), message);
        return message;
    }

    private static string Error(string path) => Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message;
}
