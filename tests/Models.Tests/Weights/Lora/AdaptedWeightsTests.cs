using System.Runtime.InteropServices;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Lora;

/// <summary>Merged weights: their numbers, their types, the memory that they leave.</summary>
public sealed class AdaptedWeightsTests : IDisposable
{
    private const string Query = "transformer_blocks.0.attn1.to_q", Key = $"{Query}.weight";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, string> Types()
    {
        var types = new TheoryData<string, string, string>();
        foreach (string device in EachDevice.Names)
        {
            types.Add(device, "F32", "F32");
            types.Add(device, "BF16", "BF16");
            types.Add(device, "F16", "F16");
            types.Add(device, "F8_E4M3", "BF16"); // 3 bits of fraction would lose most of a change
            types.Add(device, "F64", "F32");
        }
        return types;
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MergedWeightsAreRoundedOnceToTheTypeOfTheWeight(string device, string stored, string merged)
    {
        Assert.True(DType.TryParse(stored, out DType type));
        using Ops ops = EachDevice.Open(device);
        double[] weight = WriteWeight(type, [96, 96], (_, i) => ((i * 37 % 64) - 31.5f) / 32);
        LoraAdapter[] adapters = [GoldenModels.Lora("style", 0.7), GoldenModels.Lora("motion", 0.5)];
        using WeightFiles files = WeightFiles.OpenFile(folder["w.safetensors"]);
        var weights = new WeightReader(ops, files, adapters, merge: true);
        Tensor result = weights.Get(Key, [96, 96]);
        Assert.Equal(merged, result.Type.Name);
        foreach (LoraAdapter adapter in adapters)
            Add(weight, adapter, inputs: 96);
        double rounding = merged switch { "F32" => 1e-6, "F16" => Math.Pow(2, -11), _ => Math.Pow(2, -8) };
        float[] numbers = result.ToFloats();
        double largest = weight.Max(Math.Abs);
        for (int i = 0; i < weight.Length; i++)
            Assert.Equal(weight[i], numbers[i], rounding * largest);
        Assert.Equal(result, Assert.Single(weights.Made)); // what was brought to the device for it was given back
        Assert.Equal(result.Bytes, ops.Memory.LastingBytes, 8192L);
        Assert.Equal(0, ops.Memory.LiveCount);
    }

    // Larger than what is merged at a time: two rows, two, and one.
    [Fact]
    public void LargeWeightsAreMergedInParts()
    {
        const int Rows = 5, Columns = (1 << 21) - 3;
        WriteWeight(DType.BF16, [Rows, Columns], (row, column) => row + column % 7);
        LoraFiles.Write(
            folder["lora.safetensors"],
            [
                LoraFiles.Of($"{Query}.lora_A.weight", [1, Columns], column => column % 5),
                LoraFiles.Of($"{Query}.lora_B.weight", [Rows, 1], row => 8 * row),
            ]);
        using LoraFile lora = LoraFile.Open(folder["lora.safetensors"]);
        using WeightFiles files = WeightFiles.OpenFile(folder["w.safetensors"]);
        using Ops ops = Ops.OnCpu(1);
        var adapter = new LoraAdapter(lora, 1, new Dictionary<string, Shape> { [Query] = [Rows, Columns] });
        float[] merged = new WeightReader(ops, files, [adapter], merge: true).Get(Key, [Rows, Columns]).ToFloats();
        for (int i = 0; i < merged.Length; i += 997)
        {
            (int row, int column) = Math.DivRem(i, Columns);
            Assert.Equal(row + column % 7 + 8 * row * (column % 5), merged[i]);
        }
        Assert.True(ops.Memory.PeakBytes < 100_000_000, $"{ops.Memory.PeakBytes} bytes"); // the weight has 21 MB, as F32 42 MB
    }

    [Fact]
    public void WeightsThatNothingChangesStayWhereTheyAre()
    {
        using Ops ops = Ops.OnCpu(1);
        using WeightFiles files = GoldenModels.Folder("5b").OpenTransformer();
        var weights = new WeightReader(ops, files, [GoldenModels.Lora("style")], merge: true);
        weights.Get($"{Query}.bias", [96]);
        weights.Get("transformer_blocks.0.ff.net.2.weight", [96, 384]);
        Assert.Empty(weights.Made);
        Assert.Equal(0, ops.Memory.LastingBytes);
    }

    private double[] WriteWeight(DType type, Shape shape, Func<int, int, float> number)
    {
        float[] numbers = [.. Enumerable.Range(0, (int)shape.Count).Select(i => number(i / shape[1], i % shape[1]))];
        TensorSource source = EditedWeights.Of(Key, DType.F32, shape, MemoryMarshal.AsBytes<float>(numbers).ToArray());
        using Ops ops = EachDevice.OpenNaive();
        if (type == DType.F64)
            source = EditedWeights.AsDoubles(source);
        else if (type.Size == 1)
            source = EditedWeights.Of(Key, type, shape, [.. numbers.Select((_, i) => (byte)(i * 37 % 0x40))]);
        else if (type != DType.F32)
            source = TensorSource.Of(Key, ops.Cast(ops.FromHost(numbers, shape), type));
        SafetensorsWriter.Write(folder["w.safetensors"], [source]);
        using SafetensorsFile written = SafetensorsFile.Open(folder["w.safetensors"]);
        return type == DType.F64 ? [.. numbers.Select(n => (double)n)] : [.. written[Key].ToFloats().Select(n => (double)n)];
    }

    private static void Add(double[] weight, LoraAdapter adapter, int inputs)
    {
        LoraModule module = adapter.Of(Query)!;
        ITensorFile file = adapter.File.Weights.Files[0];
        (float[] a, float[] b) = (file[module.AKey].ToFloats(), file[module.BKey].ToFloats());
        for (int i = 0; i < weight.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, inputs);
            for (int k = 0; k < module.Rank; k++)
                weight[i] += adapter.FactorOf(module) * b[row * module.Rank + k] * a[k * inputs + column];
        }
    }
}
