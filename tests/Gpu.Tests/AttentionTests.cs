using System.Text.RegularExpressions;
using CogVideoX.Emulator;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable attention: heads of each width, each type, the tiles' edges, biases, masks, strides.</summary>
public sealed class AttentionPortableTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 7, 8)]
    [InlineData(63, 65, 16)]
    [InlineData(65, 63, 64)]
    [InlineData(2, 130, 13)]
    [InlineData(3, 68, 66)]
    [InlineData(2, 64, 128)]
    [InlineData(4, 3, 193)]
    [InlineData(1, 5, 256)]
    public void Widths(int queries, int keys, int width) => Check("F32", null, 1, queries, 1, keys, width);

    [Theory]
    [InlineData("F32", "F32", 1)]
    [InlineData("F32", "BF16", 2)]
    [InlineData("BF16", null, 0)]
    [InlineData("BF16", "BF16", 2)]
    [InlineData("BF16", "F32", 1)]
    [InlineData("F16", null, 0)]
    [InlineData("F16", "F16", 1)]
    [InlineData("F16", "F32", 2)]
    public void EachType(string type, string? biasType, int biases) => Check(type, biasType, biases, 9, 2, 11, type == "F16" ? 7 : 12);

    // Rows of nothing but the least finite number are averages.
    [Fact]
    public void Masks() => PortableTests.Compare(DType.F32, 1e-6, (ops, random) =>
    {
        float[] bias = new float[3 * 70];
        bias.AsSpan(0, 70).Fill(float.MinValue);
        bias.AsSpan(70, 66).Fill(float.NegativeInfinity);
        bias.AsSpan(140, 65).Fill(float.MinValue);
        Tensor q = PortableTests.Random(ops, random, [1, 3, 1, 8]);
        Tensor k = PortableTests.Random(ops, random, [1, 70, 1, 8]), v = PortableTests.Random(ops, random, [1, 70, 1, 8]);
        return ops.Attention(q, k, v, ops.FromHost(bias, [1, 1, 3, 70]));
    });

    // Scores of some hundreds, the largest last: whatever was summed before it counts for nothing.
    [Fact]
    public void LargeScores() => PortableTests.Compare(DType.F32, 1e-5, (ops, random) =>
    {
        Tensor q = PortableTests.Random(ops, random, [1, 2, 1, 8]), k = PortableTests.Random(ops, random, [1, 140, 1, 8]);
        return ops.Attention(q, k, PortableTests.Random(ops, random, [1, 140, 1, 8]), scale: 40);
    });

    // Queries, keys and values among other things, aligned or not; and no keys at all.
    [Theory]
    [InlineData("F32", 3, 66, 8, 56, 4)]
    [InlineData("F32", 66, 3, 8, 57, 5)]
    [InlineData("BF16", 3, 5, 12, 76, 8)]
    [InlineData("F16", 3, 5, 12, 77, 1)]
    [InlineData("F32", 3, 0, 8, 56, 0)]
    public unsafe void Strides(string type, int queries, int keys, int width, int stride, int offset)
    {
        const int Batch = 2, Heads = 2;
        Assert.True(DType.TryParse(type, out DType activations));
        ElementFormat format = type == "F32" ? ElementFormat.F32 : type == "BF16" ? ElementFormat.BF16 : ElementFormat.F16;
        int bytes = type == "F32" ? 4 : 2, each = offset + Math.Max(queries, keys) * Batch * stride;
        int results = Batch * queries * Heads * width;
        var size = new AttentionSize(Batch, queries, keys, Heads, width) { QueryStride = stride, KeyStride = stride };
        var random = new Random(5);
        byte[] input = new byte[3 * each * bytes], expected = new byte[results * bytes], got = new byte[results * bytes];
        fixed (byte* inputs = input, expecteds = expected, gots = got)
        {
            for (int i = 0; i < 3 * each; i++)
                new Elements(inputs, format).Set(i, (float)(random.NextDouble() * 4 - 2));
            Operation(inputs, expecteds).RunReference();
            using Device device = GpuDevices.OpenEmulator();
            nint on = device.Allocate(input.Length), y = device.Allocate(got.Length);
            device.CopyIn(inputs, on, input.Length);
            device.Run(Operation((byte*)on, (byte*)y), 0);
            device.CopyOut(y, gots, got.Length);
            double error = Agree.RelativeError(Floats(gots), Floats(expecteds));
            Assert.True(error <= Tolerance(type), $"{device.Name}: relative error {error:E2}");
            device.Free(on);
            device.Free(y);
        }

        Attention Operation(byte* inputs, byte* result) => new(
            At(inputs, 0), At(inputs, each), At(inputs, 2 * each), default, 0, new Elements(result, format), size, 0.3f);

        Elements At(byte* inputs, int first) => new(inputs + (first + offset) * bytes, format);

        float[] Floats(byte* numbers) => [.. Enumerable.Range(0, results).Select(i => new Elements(numbers, format)[i])];
    }

    [Theory]
    [InlineData(typeof(StoredF32))]
    [InlineData(typeof(StoredBF16))]
    public void ProductsAreInRegisters(Type type)
    {
        string ptx = PortablePtx.Of(typeof(Attention), "AttentionTiles", type, type);
        Assert.DoesNotContain(".local", ptx);
        Assert.DoesNotContain("call", ptx);
        Assert.Equal(2, Regex.Count(ptx, @"ld\.shared\.f32")); // messages; all else is read by quads
    }

    // Eight threads at a time, which is how the emulator counts reads of 16 bytes.
    [Fact]
    public void ProductsMeetInNoBank()
    {
        var lines = new List<LineCounters>();
        var options = new EmulatedDeviceOptions { Count = true, Launched = (_, report) => lines.AddRange(report.Counters.Lines) };
        using var ops = new Ops(GpuDevices.OpenEmulator(options));
        var random = new Random(3);
        Tensor q = PortableTests.Random(ops, random, [1, 64, 1, 64]), k = PortableTests.Random(ops, random, [1, 64, 1, 64]);
        ops.Attention(q, k, k).ToFloats();
        Assert.Equal(0, lines.Where(line => line.Text.StartsWith("ld.shared", StringComparison.Ordinal)).Sum(line => line.BankConflicts));
    }

    private static void Check(string type, string? biasType, int biases, int queries, int heads, int keys, int width)
    {
        int batch = heads;
        Assert.True(DType.TryParse(type, out DType activations));
        PortableTests.Compare(activations, Tolerance(type), (ops, random) =>
        {
            Tensor q = ops.Cast(PortableTests.Random(ops, random, [batch, queries, heads, width]), activations);
            Tensor k = ops.Cast(PortableTests.Random(ops, random, [batch, keys, heads, width]), activations);
            Tensor v = ops.Cast(PortableTests.Random(ops, random, [batch, keys, heads, width]), activations);
            if (biasType is null)
                return ops.Attention(q, k, v);
            Assert.True(DType.TryParse(biasType, out DType biasOf));
            return ops.Attention(q, k, v, ops.Cast(PortableTests.Random(ops, random, [biases, heads, queries, keys]), biasOf));
        });
    }

    private static double Tolerance(string type) => type switch
    {
        "F32" => 1e-6,
        "BF16" => 1.0 / 256,
        _ => 1.0 / 2048,
    };
}
