using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable forms of copies: joining, cutting, writing into; words of every width, and copies that are one block.</summary>
public sealed class StridedCopyPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int inner in (int[])[1, 2, 3, 4, 8, 13, 150])
        {
            portable.Agrees($"concat {inner}", (ops, inputs) => ops.Concat(inputs.X([3, 2, inner]), inputs.X([3, 1, inner]), 1));
            portable.Agrees($"slice {inner}", (ops, inputs) => ops.Slice(inputs.X([3, 4, inner]), 1, 1, 2));
            portable.Agrees($"copy_into {inner}", (ops, inputs) =>
            {
                Tensor target = inputs.X([2, 5, inner]);
                ops.CopyInto(inputs.X([2, 3, inner]), target, 1, 2, 2);
                return target;
            });
            portable.Agrees($"conv_history {inner}", (ops, inputs) => ops.ConvHistory(inputs.X([2, 1, 1, 1, inner]), default, 2));
        }
        portable.Agrees("slice outer", (ops, inputs) => ops.Slice(inputs.X([5, 33]), 0, 1, 3));
        portable.Agrees("slice none", (ops, inputs) => ops.Slice(inputs.X([5, 33]), 1, 1, 0));
    }
}
