using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Sums' portable form: the same shape, a vector repeated, one number repeated, another type.</summary>
public sealed class AddPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[1, 2, 5, 12, 129])
        {
            portable.Agrees($"add {width}", (ops, inputs) => ops.Add(inputs.X([3, width]), inputs.X([3, width])));
            portable.Agrees($"add {width} repeated", (ops, inputs) => ops.Add(inputs.X([3, 2, width]), inputs.Of([width], DType.BF16)));
        }
        portable.Agrees("add F32", (ops, inputs) => ops.Add(inputs.X([4, 4]), inputs.Of([4, 4], DType.F32)));
        portable.Agrees("add none", (ops, inputs) => ops.Add(inputs.X([0, 4]), inputs.X([4])));
    }
}
