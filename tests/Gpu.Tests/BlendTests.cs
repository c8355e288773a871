using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable form of joining tiles, along each dimension.</summary>
public sealed class BlendPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        for (int dimension = 0; dimension < 3; dimension++)
        {
            foreach (int extent in (int[])[0, 1, 3, 9])
            {
                int along = dimension;
                portable.Agrees($"blend {dimension} {extent}", (ops, inputs) => ops.Blend(
                    inputs.X(new Shape([3, 5, 8]).With(along, 6)), inputs.X([3, 5, 8]), along, extent));
            }
        }
    }
}
