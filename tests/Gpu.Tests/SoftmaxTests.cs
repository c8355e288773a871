using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Softmax's portable form, with rows shorter and longer than a group, and masked elements.</summary>
public sealed class SoftmaxPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.Each), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string device, string type)
    {
        using var portable = new Portable(device, type);
        foreach (int width in (int[])[1, 3, 6, 128, 131, 516])
            portable.Agrees($"softmax {width}", (ops, inputs) => ops.Softmax(ops.Scale(inputs.X([3, width]), 10)));
    }

    [Theory]
    [MemberData(nameof(Portable.EachDevice), MemberType = typeof(Portable))]
    public void MaskedElementsWeighNothing(string device)
    {
        using var portable = new Portable(device, "F32");
        portable.Agrees("softmax −∞", (ops, _) => ops.Softmax(ops.Fill([1, 600], (_, values) =>
        {
            values.Fill(float.NegativeInfinity);
            values[7] = 3;
            values[513] = 2;
        })));
    }
}
