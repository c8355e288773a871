using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Softmax's portable form, with rows shorter and longer than a group, and masked elements.</summary>
public sealed class SoftmaxPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[1, 3, 6, 128, 131, 516])
            portable.Agrees($"softmax {width}", (ops, inputs) => ops.Softmax(ops.Scale(inputs.X([3, width]), 10)));
    }

    [Fact]
    public void MaskedElementsWeighNothing()
    {
        using var portable = new Portable("F32");
        portable.Agrees("softmax −∞", (ops, _) => ops.Softmax(ops.Fill([1, 600], (_, values) =>
        {
            values.Fill(float.NegativeInfinity);
            values[7] = 3;
            values[513] = 2;
        })));
    }
}
