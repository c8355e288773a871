using CogVideoX.Models.T5;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.T5;

public sealed class T5EncoderTests
{
    [Theory]
    [MemberData(nameof(EachDevice.Models), MemberType = typeof(EachDevice))]
    public void AgreesWithTheReferenceAtAllLengths(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("t5/expected.safetensors");
        T5Encoder encoder = GoldenModels.TextEncoder(ops, "5b");
        foreach (string length in new[] { "1", "12", "40", "226", "long" })
        {
            Tensor ids = goldens[$"ids.{length}"];
            Tensor hidden = encoder.Forward(ids.AsReadOnlySpan<int>(), ids.Shape[0]);
            Agree.With(goldens[$"hidden.{length}"], hidden, $"t5, length {length}");
        }
    }

    [Fact]
    public void LeavesNothingBehindButItsResult()
    {
        using Ops ops = Ops.OnCpu(1);
        T5Encoder encoder = GoldenModels.TextEncoder(ops, "5b");
        int before = ops.Memory.LiveCount;
        encoder.Forward([1, 0, 0], batch: 1);
        Assert.Equal(before + 1, ops.Memory.LiveCount);
    }

    [Fact]
    public void TellsHowFarItIs()
    {
        using Ops ops = Ops.OnCpu(1);
        var told = new List<(int Done, int Blocks)>();
        GoldenModels.TextEncoder(ops, "5b").Forward([1], batch: 1, (done, blocks) => told.Add((done, blocks)));
        Assert.Equal([(1, 3), (2, 3), (3, 3)], told);
    }
}
