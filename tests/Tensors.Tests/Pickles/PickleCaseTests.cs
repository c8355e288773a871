using System.Text.Json;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Pickles;

/// <summary>
/// Files of <c>torch.save</c>, good, damaged and hostile: those of tests/Goldens/foreign/pickles, or all of them where
/// <c>COGVIDEOX_GOLDENS</c> names the folder that has them.
/// </summary>
public sealed class PickleCaseTests
{
    private static readonly string Foreign =
        Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") is { } all ? Path.Combine(all, "foreign") : Golden.Path("foreign");

    private static readonly Dictionary<string, JsonElement> All = Read();

    public static TheoryData<string> Files => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void EachIsReadOrRefusedAndNothingRuns(string file)
    {
        string path = Path.Combine(Foreign, file), expect = All[file].GetProperty("expect").GetString()!;
        long size = new FileInfo(path).Length, before = GC.GetAllocatedBytesForCurrentThread();
        TensorFileException? refused = null;
        try
        {
            using ITensorFile opened = TensorFile.Open(path);
            if (All[file].TryGetProperty("tensors", out JsonElement tensors))
                Compare(opened, Path.GetFileName(file), [.. tensors.EnumerateObject().Select(tensor => tensor.Name)]);
        }
        catch (TensorFileException exception)
        {
            refused = exception;
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * size + (64 << 20));
        Assert.True(expect != "read" || refused is null, refused?.Message);
        Assert.True(expect != "refuse" || refused is not null, $"{file} was read.");
        if (refused is not null)
        {
            Assert.StartsWith(path, refused.Message);
            Assert.EndsWith(".", refused.Message);
        }
        Assert.False(File.Exists("PWNED"));
        TestContext.Current.TestOutputHelper!.WriteLine(refused?.Message[path.Length..] ?? "read");
    }

    private static void Compare(ITensorFile file, string name, string[] tensors)
    {
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(Foreign, "pickles", "expected.safetensors"));
        foreach (string key in tensors)
        {
            Tensor right = expected[$"{name}/{key}"], actual = file[key];
            Assert.True(file.TryDescribe(key, out TensorInfo info));
            Assert.Equal((actual.Type, actual.Shape), (info.Type, info.Shape));
            Assert.Equal(right.Shape, actual.Shape);
            // 8-bit floats stand in the expected file as their codes.
            Assert.True(right.Type == actual.Type || (right.Type == DType.U8 && actual.Type.Size == 1), $"{key} is {actual}");
            byte[] rightBytes = new byte[right.Bytes], bytes = new byte[actual.Bytes];
            right.CopyTo(rightBytes);
            actual.CopyTo(bytes);
            Assert.Equal(rightBytes, bytes);
        }
    }

    private static Dictionary<string, JsonElement> Read()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Foreign, "pickles", "cases.json")));
        return json.RootElement.GetProperty("cases").EnumerateArray()
            .ToDictionary(one => one.GetProperty("file").GetString()!, one => one.Clone());
    }
}
