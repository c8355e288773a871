using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class RmsNormTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        foreach (string variant in new[] { "", "low_variance." })
        {
            Tensor y = ops.RmsNorm(ops.Load(goldens, $"norm.{variant}x"), ops.Load(goldens, "norm.w"), 1e-6f);
            Agree.With(goldens[$"rmsnorm.{variant}eps1e-6"], y, $"rmsnorm {variant}");
        }
    }

    [Fact]
    public void RefusesAWeightOfAnotherWidth()
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<TensorException>(() => ops.RmsNorm(ops.Empty([2, 8]), ops.Empty([7]), 1e-6f));
        Assert.Contains("[7]", error.Message);
        Assert.Contains("[8]", error.Message);
    }
}
