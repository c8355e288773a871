using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Weighted sums on a portable device: one to four terms, each of its own type.</summary>
public sealed class LinearCombinationPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int count in (int[])[0, 1, 2, 131, 600])
        {
            portable.Agrees($"linear_combination 1 {count}", (ops, inputs) => ops.LinearCombination((0.3f, inputs.X([count]))));
            portable.Agrees($"linear_combination 2 {count}", (ops, inputs) => ops.LinearCombination(
                (0.3f, inputs.Of([count], DType.F32)), (-7, inputs.X([count]))));
            portable.Agrees($"linear_combination 4 {count}", (ops, inputs) => ops.LinearCombination(
                (1.3f, inputs.X([count])), (-7, inputs.Of([count], DType.BF16)), (0, inputs.Of([count], DType.F32)),
                (1, inputs.Of([count], DType.F16))));
        }
    }
}
