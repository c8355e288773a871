using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable form of doubling pixels and frames.</summary>
public sealed class UpsampleNearestPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        for (int frames = 1; frames <= 4; frames++)
        {
            foreach (int channels in (int[])[1, 3, 6, 16])
            {
                int count = frames;
                portable.Agrees($"upsample_nearest {frames} {channels}", (ops, inputs) => ops.UpsampleNearest(
                    inputs.X([2, count, 2, 3, channels]), time: false));
                portable.Agrees($"upsample_nearest {frames} {channels} time", (ops, inputs) => ops.UpsampleNearest(
                    inputs.X([2, count, 2, 3, channels]), time: true));
            }
        }
    }
}
