using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable form of halving frames, for odd and even numbers of them.</summary>
public sealed class AverageFramePairsPortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        for (int frames = 1; frames <= 5; frames++)
        {
            int count = frames;
            portable.Agrees($"average_frame_pairs {frames}", (ops, inputs) => ops.AverageFramePairs(inputs.X([2, count, 3, 12])));
            portable.Agrees($"average_frame_pairs {frames} odd", (ops, inputs) => ops.AverageFramePairs(inputs.X([2, count, 7])));
        }
    }
}
