using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable form of norm and rotation of heads: each without the other, text in front, odd widths without rotation.</summary>
public sealed class QkNormRopePortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[2, 6, 48, 64, 256])
        {
            portable.Agrees($"qk_norm_rope {width}", (ops, inputs) => ops.QkNormRope(
                inputs.X([2, 3, 2, width]), inputs.Of([width], DType.BF16), inputs.Of([width], DType.F16), 1e-6f,
                inputs.Of([2, width], DType.F32), inputs.Of([2, width], DType.F32), textTokens: 1));
            portable.Agrees($"qk_norm_rope {width} rotation", (ops, inputs) => ops.QkNormRope(
                inputs.X([1, 3, 3, width]), default, default, 0, inputs.Of([3, width], DType.F32), inputs.Of([3, width], DType.F32)));
        }
        foreach (int width in (int[])[1, 7, 64, 258])
        {
            portable.Agrees($"qk_norm_rope {width} norm", (ops, inputs) => ops.QkNormRope(
                inputs.X([1, 3, 3, width]), inputs.Of([width], DType.F32), default, 1e-6f));
        }
        portable.Agrees("qk_norm_rope text", (ops, inputs) => ops.QkNormRope(
            inputs.X([1, 2, 1, 4]), default, default, 0, inputs.Of([0, 4], DType.F32), inputs.Of([0, 4], DType.F32), textTokens: 2));
    }
}
