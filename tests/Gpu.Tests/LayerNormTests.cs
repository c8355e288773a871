using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>LayerNorm on a portable device: each optional operand, rows shorter and longer than a group, modulation.</summary>
public sealed class LayerNormPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[1, 3, 6, 64, 127, 130, 516])
        {
            portable.Agrees($"layer_norm {width}", (ops, inputs) => ops.LayerNorm(inputs.X([3, width]), default, default, 1e-5f));
            portable.Agrees($"layer_norm {width} weight, bias", (ops, inputs) => ops.LayerNorm(
                inputs.X([2, width]), inputs.Of([width], DType.BF16), inputs.Of([width], DType.F32), 1e-5f));
        }
        portable.Agrees("layer_norm bias", (ops, inputs) => ops.LayerNorm(inputs.X([2, 8]), default, inputs.Of([8], DType.F16), 1e-5f));
        portable.Agrees("layer_norm weight", (ops, inputs) => ops.LayerNorm(inputs.X([2, 8]), inputs.Of([8], DType.F16), default, 1e-5f));
        portable.Agrees("layer_norm none", (ops, inputs) => ops.LayerNorm(inputs.X([0, 8]), default, default, 1e-5f));
    }

    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void ModulatesTextAndVideo(string type)
    {
        using var portable = new Portable(type);
        foreach (int width in (int[])[5, 24])
        {
            foreach (DType vectors in (DType[])[DType.F32, DType.BF16])
            {
                portable.Agrees($"modulated_layer_norm {width} {vectors}", (ops, inputs) => ops.ModulatedLayerNorm(
                    inputs.X([2, 5, width]), inputs.Of([width], DType.BF16), default, 1e-5f, inputs.Of([2, 6 * width], vectors), 0, 1, 3, 4,
                    textTokens: 2));
            }
        }
    }

    [Fact]
    public void AMeanFarFromZeroCancelsNothing()
    {
        using var portable = new Portable("F32", tolerance: 1e-5);
        portable.Agrees("layer_norm 1000 + x", (ops, inputs) => ops.LayerNorm(
            ops.Add(inputs.X([2, 260]), ops.Fill([260], (_, values) => values.Fill(1000))), default, default, 1e-5f));
    }
}
