using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Permutations on a portable device: tiles and their edges, whole runs as wide words, elements of every size.</summary>
public sealed class PermutePortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void AgreesWithTheDefinition(string type)
    {
        using var portable = new Portable(type);
        Check([], []);
        Check([7], [0]);
        Check([3, 5], [1, 0]);
        Check([16, 17], [1, 0]);
        Check([65, 63], [1, 0]);
        Check([2, 18, 3, 20], [0, 3, 2, 1]);
        Check([2, 3, 4, 8], [1, 0, 2, 3]);
        Check([2, 3, 4, 6], [2, 1, 0, 3]);
        Check([2, 3, 4, 5], [3, 1, 2, 0]);
        Check([2, 3, 2, 4, 2, 2], [0, 1, 3, 5, 2, 4]);
        Check([2, 2, 2, 2, 2, 2, 2, 3], [7, 5, 3, 1, 6, 4, 2, 0]);

        void Check(int[] sizes, int[] order) => portable.Agrees(
            $"permute [{string.Join(", ", sizes)}] [{string.Join(", ", order)}]",
            (ops, inputs) => ops.Permute(inputs.X(new Shape(sizes)), order));
    }
}
