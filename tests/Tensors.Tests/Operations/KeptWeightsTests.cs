using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>Weights of files that are kept packed: the results are the same, and nothing else is kept.</summary>
public sealed class KeptWeightsTests
{
    [Theory]
    [InlineData(CpuArithmetic.Fp32)]
    [InlineData(CpuArithmetic.Bf16)]
    [InlineData(CpuArithmetic.Bf16Amx)]
    public void ResultsAreThoseOfWeightsThatArePackedAnew(CpuArithmetic arithmetic)
    {
        Assert.SkipUnless(HasMachineCode, "There is no machine code for this processor.");
        using var folder = new TemporaryFolder();
        using SafetensorsFile file = Weights(folder);
        float[][] expected = Run(file, arithmetic, limit: 0, out long none), kept = Run(file, arithmetic, limit: 1 << 20, out long bytes);
        Assert.Equal(expected, kept);
        Assert.Equal(0, none);
        Assert.InRange(bytes, 4 * 40 * 30 * 2, 1 << 20);
    }

    [Fact]
    public void NoMoreIsKeptThanIsAllowed()
    {
        Assert.SkipUnless(HasMachineCode, "There is no machine code for this processor.");
        using var folder = new TemporaryFolder();
        using SafetensorsFile file = Weights(folder);
        float[][] expected = Run(file, CpuArithmetic.Fp32, limit: 0, out _);
        Assert.Equal(expected, Run(file, CpuArithmetic.Fp32, limit: 12_000, out long bytes));
        Assert.InRange(bytes, 1, 12_000);
    }

    [Fact]
    public void WeightsInMemoryAreNotKept()
    {
        using var ops = new Ops(new CpuDevice(1));
        ops.KeptWeightsLimit = 1 << 20;
        Tensor x = ops.FromHost(new float[20 * 8], [20, 8]), weight = ops.FromHost(new float[8 * 8], [8, 8]);
        ops.Linear(x, weight);
        Assert.Equal(0, ops.KeptWeightsBytes);
    }

    // AVX2 and FMA are what all of our code needs.
    private static bool HasMachineCode => System.Runtime.Intrinsics.X86.Fma.IsSupported;

    // Two passes, so that the second finds what the first has kept; three products and one; many rows, then few.
    private static float[][] Run(SafetensorsFile file, CpuArithmetic arithmetic, long limit, out long keptBytes)
    {
        using var ops = new Ops(new CpuDevice(2, arithmetic));
        ops.KeptWeightsLimit = limit;
        var results = new List<float[]>();
        foreach (int rows in new[] { 33, 33, 2, 40 })
        {
            float[] numbers = [.. Enumerable.Range(0, rows * 30).Select(i => MathF.Sin(i * 0.7f))];
            Tensor x = ops.FromHost(numbers, [rows, 30]);
            results.Add(ops.Linear(x, file["a"]).ToFloats());
            (Tensor b, Tensor c, Tensor d) = ops.LinearTriple(x, (file["b"], default), (file["c"], default), (file["d"], default));
            results.AddRange(b.ToFloats(), c.ToFloats(), d.ToFloats());
        }
        keptBytes = ops.KeptWeightsBytes;
        return [.. results];
    }

    private static SafetensorsFile Weights(TemporaryFolder folder)
    {
        using var ops = new Ops(new CpuDevice(1));
        var random = new Random(3);
        string path = folder.File("weights.safetensors");
        SafetensorsWriter.Write(
            path,
            [.. "abcd".Select(name => TensorSource.Of(
                name.ToString(), ops.FromHost([.. Enumerable.Range(0, 40 * 30).Select(_ => random.NextSingle() - 0.5f)], [40, 30])))]);
        return SafetensorsFile.Open(path);
    }
}
