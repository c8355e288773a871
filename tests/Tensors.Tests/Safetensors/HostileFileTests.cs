using CogVideoX.Tensors.Safetensors;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests.Safetensors;

/// <summary>Whatever the bytes: a file opens with every tensor inside the map, or is refused with our exception.</summary>
public sealed class HostileFileTests
{
    private static readonly byte[] Valid = RawFile.Of(
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}"""
        + ""","b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"U8","shape":[],"data_offsets":[32,33]}}""",
        33);

    // Pieces of headers, so that random ones get past the first brace.
    private static readonly string[] Pieces =
        [
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"U8\"", "0", "1",
            "4", "-1", "1e9", "9223372036854775807", "null", "\"__metadata__\"", " "];

    [Fact]
    public void MutatedFilesAreReadOrRefused()
    {
        var mutations = Gen.ListOf(Gen.Zip(Gen.Choose(0, Valid.Length - 1), Gen.Choose(0, 255)));
        Check(Prop.ForAll(mutations.ToArbitrary(), changes =>
        {
            byte[] file = [.. Valid];
            foreach ((int position, int value) in changes)
                file[position] = (byte)value;
            return OpensInsideOrRefuses(file);
        }));
    }

    [Fact]
    public void CutAndStretchedFilesAreRefused()
    {
        for (int length = 0; length < Valid.Length; length++)
            Assert.False(Opens(Valid[..length]), $"{length} bytes");
        Assert.False(Opens([.. Valid, 0]));
        Assert.True(Opens(Valid));
    }

    [Fact]
    public void RandomHeadersAreReadOrRefused()
    {
        var headers = Gen.ListOf(Gen.Elements(Pieces)).Select(string.Concat);
        Check(
            Prop.ForAll(
                Gen.Zip(headers, Gen.Choose(0, 9)).ToArbitrary(), file => OpensInsideOrRefuses(RawFile.Of(file.Item1, file.Item2))));
    }

    [Fact]
    public void RandomShapesAndOffsetsAreReadOrRefused()
    {
        var number = Gen.OneOf(
            Gen.Choose(-2, 9).Select(n => (long)n), Gen.Elements(int.MaxValue, 1L << 32, long.MaxValue, long.MaxValue - 7, long.MinValue));
        var tensor = Gen.Zip(Gen.ArrayOf(number, 2), Gen.ArrayOf(number, 2));
        Check(
            Prop.ForAll(
                Gen.Zip(tensor, tensor).ToArbitrary(),
                two => OpensInsideOrRefuses(RawFile.Of($$"""{"a":{{Entry(two.Item1)}},"b":{{Entry(two.Item2)}}}""", 8))));
    }

    private static string Entry((long[] Shape, long[] Offsets) tensor) =>
        $$"""{"dtype":"U8","shape":[{{string.Join(",", tensor.Shape)}}],"data_offsets":[{{string.Join(",", tensor.Offsets)}}]}""";

    private static void Check(Property property) => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), property);

    private static bool OpensInsideOrRefuses(byte[] bytes)
    {
        Opens(bytes);
        return true;
    }

    // Reads every byte of every tensor: outside the map that would end the process.
    private static bool Opens(byte[] bytes)
    {
        using var folder = new TempFolder();
        string path = folder.Write("x", bytes);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long total = file.Names.Sum(name => file[name].Bytes);
            Assert.True(total <= bytes.Length);
            SafetensorsWriter.Write(folder["copy"], file.Names.ToDictionary(name => name, name => file[name]));
            return true;
        }
        catch (SafetensorsException)
        {
            return false;
        }
    }
}
