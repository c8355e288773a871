using System.Runtime.InteropServices;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Tensors.Tests.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class NarrowTests
{
    private static readonly double[] Numbers = [1, -0.1, 1 + 1e-12, 1e300, double.NaN, double.Epsilon];

    [Fact]
    public void DoublesAreRounded()
    {
        using var folder = new TempFolder();
        using SafetensorsFile file = Doubles(folder);
        using Ops ops = Ops.OnCpu(1);
        Tensor narrow = ops.Narrow(file["a"]);
        Assert.Equal("F32 [2, 3]", narrow.ToString());
        Assert.Equal(Numbers.Select(number => (float)number), narrow.ToFloats());
    }

    [Fact]
    public void ADryRunReadsNothingAndCountsTheMemory()
    {
        using var folder = new TempFolder();
        using SafetensorsFile file = Doubles(folder);
        using Ops ops = Ops.Planning();
        Assert.False(ops.Narrow(file["a"]).IsOnHost);
        Assert.InRange(ops.Memory.LiveBytes, 1, long.MaxValue);
    }

    [Fact]
    public void OtherTypesAreRefused()
    {
        using Ops ops = Ops.OnCpu(1);
        Assert.Contains("F32 [1] isn't F64", Assert.Throws<TensorException>(() => ops.Narrow(ops.FromHost([1f], [1]))).Message);
    }

    private static SafetensorsFile Doubles(TempFolder folder)
    {
        SafetensorsWriter.Write(
            folder["x.safetensors"], [EditedWeights.Of("a", DType.F64, [2, 3], MemoryMarshal.AsBytes<double>(Numbers).ToArray())]);
        return SafetensorsFile.Open(folder["x.safetensors"]);
    }
}
