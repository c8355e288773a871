using System.Buffers.Binary;
using System.Text.Json;
using CogVideoX.Emulator.Cases;
using CogVideoX.Emulator.Tensor;

namespace CogVideoX.Emulator.Tests;

/// <summary>Tensor-core results to the last bit, against MMA-Sim's (ptx-cases/mma-bits).</summary>
public class MatrixBitsTests
{
    private static readonly SafeTensorsFile Data = SafeTensorsFile.Read(Path.Combine(Goldens.Cases, "mma-bits.safetensors"));

    public static TheoryData<string, string, string> Keys()
    {
        var keys = new TheoryData<string, string, string>();
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Goldens.Cases, "mma-bits.cases")));
        foreach (JsonElement one in index.RootElement.EnumerateArray())
        {
            keys.Add(
                one.GetProperty("key").GetString()!, one.GetProperty("architecture").GetString()!,
                one.GetProperty("shape_and_types").GetString()!);
        }
        return keys;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void AreTheCardsOwn(string key, string architecture, string shapeAndTypes)
    {
        string[] words = shapeAndTypes.Split('.');
        PtxType result = Type(words[1]), a = Type(words[2]), b = Type(words[3]);
        StoredTensor left = Data.Tensors[key + ".a"];
        StoredTensor right = Data.Tensors[key + ".b"];
        StoredTensor c = Data.Tensors[key + ".c"];
        StoredTensor d = Data.Tensors[key + ".d"];
        int m = (int)left.Shape[0], k = (int)left.Shape[1], n = (int)right.Shape[1];
        MatrixRule rule = MatrixRule.Of(architecture);
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                MatrixElement[] x = [.. Enumerable.Range(0, k).Select(i => MatrixElement.Of(Bits(left, row * k + i), a))];
                MatrixElement[] y = [.. Enumerable.Range(0, k).Select(i => MatrixElement.Of(Bits(right, i * n + column), b))];
                uint found = MatrixSum.Dot(x, y, a, b, Bits(c, row * n + column), result, rule);
                Assert.True(
                    found == Bits(d, row * n + column), $"[{row},{column}] is {found:x8}, expected {Bits(d, row * n + column):x8}");
            }
        }
    }

    private static PtxType Type(string name) => PtxTypes.TryParse(name, out PtxType type) ? type : throw new FormatException(name);

    private static uint Bits(StoredTensor tensor, int index) => tensor.ElementBytes == 2
        ? BinaryPrimitives.ReadUInt16LittleEndian(tensor.Bytes.Span[(2 * index)..])
        : BinaryPrimitives.ReadUInt32LittleEndian(tensor.Bytes.Span[(4 * index)..]);
}
