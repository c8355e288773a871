using System.Text.RegularExpressions;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable products: each kernel, types of x and of the weights, all of the epilogue, and the edges of tiles.</summary>
public sealed class LinearPortableTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 37, 512)]
    [InlineData(2, 5, 131)]
    [InlineData(9, 6, 40)]
    [InlineData(16, 3, 127)]
    public void FewRows(int rows, int outputs, int inputs) => Check("F32", "F32", rows, outputs, inputs);

    [Theory]
    [InlineData(17, 1, 1)]
    [InlineData(17, 3, 8)]
    [InlineData(63, 65, 7)]
    [InlineData(65, 63, 9)]
    [InlineData(64, 64, 16)]
    [InlineData(41, 130, 36)]
    public void SmallTiles(int rows, int outputs, int inputs) => Check("F32", "F32", rows, outputs, inputs);

    [Theory]
    [InlineData(128, 128, 8)]
    [InlineData(127, 131, 13)]
    [InlineData(131, 127, 28)]
    [InlineData(259, 257, 13)] // enough for the emulator's four multiprocessors
    public void LargeTiles(int rows, int outputs, int inputs) => Check("F32", "F32", rows, outputs, inputs);

    [Theory]
    [InlineData("BF16", "BF16", 3)]
    [InlineData("BF16", "F32", 20)]
    [InlineData("F16", "F16", 20)]
    [InlineData("F32", "BF16", 20)]
    [InlineData("F32", "F16", 3)]
    [InlineData("F16", "BF16", 130)]
    public void EachType(string type, string weightType, int rows)
    {
        int outputs = rows > 100 ? 128 : 12;
        Check(type, weightType, rows, outputs, 20);
        Check(type, weightType, rows, outputs - 1, 19);
    }

    [Theory]
    [InlineData(Activation.GeluTanh, 2)]
    [InlineData(Activation.Silu, 20)]
    public void Activations(Activation activation, int rows) => PortableTests.Compare(DType.F32, 1e-6, (ops, random) =>
    {
        Tensor x = PortableTests.Random(ops, random, [rows, 24]), weight = PortableTests.Random(ops, random, [9, 24]);
        return ops.Linear(x, weight, ops.Cast(PortableTests.Random(ops, random, [9]), DType.BF16), activation);
    });

    [Theory]
    [InlineData("F32", "F32", 1)]
    [InlineData("BF16", "F32", 3)]
    [InlineData("F32", "BF16", 13)]
    [InlineData("F16", "F16", 13)]
    public void GatedResidual(string type, string residualType, int tokens) =>
        PortableTests.Compare(Type(type), Tolerance(type), (ops, random) =>
        {
            Tensor x = ops.Cast(PortableTests.Random(ops, random, [2, tokens, 12]), Type(type));
            Tensor weight = PortableTests.Random(ops, random, [10, 12]), bias = PortableTests.Random(ops, random, [10]);
            Tensor residual = ops.Cast(PortableTests.Random(ops, random, [2, tokens, 10]), Type(residualType));
            Tensor modulation = ops.Cast(PortableTests.Random(ops, random, [2, 40]), Type(type));
            return ops.LinearGatedResidual(x, weight, bias, residual, modulation, videoGate: 1, textGate: 3, textTokens: tokens / 2);
        });

    [Fact]
    public void Residual() => PortableTests.Compare(DType.F32, 1e-6, (ops, random) =>
    {
        Tensor x = PortableTests.Random(ops, random, [18, 12]), weight = PortableTests.Random(ops, random, [10, 12]);
        return ops.LinearResidual(x, weight, default, PortableTests.Random(ops, random, [18, 10]));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Triple(int which) => PortableTests.Compare(DType.F32, 1e-6, (ops, random) =>
    {
        Tensor x = PortableTests.Random(ops, random, [18, 12]), bias = PortableTests.Random(ops, random, [5]);
        Tensor query = PortableTests.Random(ops, random, [5, 12]), key = PortableTests.Random(ops, random, [5, 12]);
        Tensor value = ops.Cast(PortableTests.Random(ops, random, [5, 12]), DType.BF16);
        (Tensor first, Tensor second, Tensor third) = ops.LinearTriple(x, (query, bias), (key, default), (value, bias));
        return which == 0 ? first : which == 1 ? second : third;
    });

    [Theory]
    [InlineData("F32", "F32", "F32", 1, 1, 1)]
    [InlineData("F32", "F32", "F32", 65, 33, 20)]
    [InlineData("F32", "F32", "F32", 127, 66, 12)]
    [InlineData("BF16", "BF16", "BF16", 257, 130, 12)]
    [InlineData("BF16", "BF16", "BF16", 7, 31, 24)]
    [InlineData("F16", "F32", "F32", 7, 32, 23)]
    [InlineData("F32", "F32", "BF16", 20, 9, 12)]
    public void GatedGelu(string type, string gateType, string weightType, int rows, int outputs, int inputs) =>
        PortableTests.Compare(Type(type), Tolerance(type), (ops, random) =>
        {
            Tensor x = ops.Cast(PortableTests.Random(ops, random, [rows, inputs]), Type(type));
            Tensor gateWeight = ops.Cast(PortableTests.Random(ops, random, [outputs, inputs]), Type(gateType));
            return ops.LinearGatedGelu(x, gateWeight, ops.Cast(PortableTests.Random(ops, random, [outputs, inputs]), Type(weightType)));
        });

    [Fact]
    public void NoRowsAreNoLaunch()
    {
        using var ops = new Ops(GpuDevices.OpenEmulator());
        Tensor x = ops.Empty([0, 12]), weight = ops.Empty([10, 12]);
        Assert.Equal<Shape>([0, 10], ops.Linear(x, weight).Shape);
        Assert.Equal<Shape>([0, 10], ops.LinearGatedGelu(x, weight, weight).Shape);
    }

    [Theory]
    [InlineData("F32", 2, 1920)]
    [InlineData("F32", 40, 1920)]
    [InlineData("BF16", 40, 1922)]
    public void LongSums(string type, int rows, int inputs) => PortableTests.Compare(Type(type), Tolerance(type), (ops, random) =>
    {
        Tensor x = ops.Cast(PortableTests.Random(ops, random, [rows, inputs]), Type(type));
        return ops.Linear(x, ops.Cast(PortableTests.Random(ops, random, [20, inputs]), DType.BF16));
    });

    [Theory]
    [InlineData(typeof(Linear), "LinearTileLarge")]
    [InlineData(typeof(Linear), "LinearTileSmall")]
    [InlineData(typeof(LinearGatedGelu), "GatedGeluTileLarge")]
    [InlineData(typeof(LinearGatedGelu), "GatedGeluTileSmall")]
    public void TilesStayInRegisters(Type operation, string kernel)
    {
        foreach (Type stored in new[] { typeof(StoredF32), typeof(StoredBF16), typeof(StoredF16) })
        {
            string ptx = PortablePtx.Of(operation, kernel, stored, stored);
            Assert.DoesNotContain(".local", ptx);
            Assert.Equal(8, Regex.Count(ptx, @"ld\.shared\.v4\.f32"));
            Assert.Empty(Regex.Matches(ptx, @"ld\.shared\.f32"));
            Assert.NotEmpty(Regex.Matches(ptx, stored == typeof(StoredF32) ? @"ld\.global\.v4\.f32" : @"ld\.global\.v4\.[bus]16"));
        }
    }

    [Fact]
    public void FewRowsStayInRegisters() =>
        Assert.DoesNotContain(".local", PortablePtx.Of(typeof(Linear), "LinearFewRows", typeof(StoredBF16), typeof(StoredBF16)));

    private static DType Type(string name) => DType.TryParse(name, out DType type) ? type : throw new ArgumentException(name);

    // Both forms round nearly the same fp32 value, so few results differ at all.
    private static double Tolerance(string type) => type == "F32" ? 1e-6 : type == "BF16" ? 1.0 / 256 : 1.0 / 2048;

    private static void Check(string type, string weightType, int rows, int outputs, int inputs) =>
        PortableTests.Compare(Type(type), Tolerance(type), (ops, random) =>
        {
            Tensor x = ops.Cast(PortableTests.Random(ops, random, [rows, inputs]), Type(type));
            Tensor weight = ops.Cast(PortableTests.Random(ops, random, [outputs, inputs]), Type(weightType));
            return ops.Linear(x, weight, PortableTests.Random(ops, random, [outputs]));
        });
}
