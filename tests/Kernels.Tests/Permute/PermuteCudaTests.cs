using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Permutations by our compiler's kernel, bit by bit.</summary>
public sealed class PermuteCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16;

    private static readonly int[] ToPatches = [0, 1, 4, 6, 3, 2, 5, 7], FromPatches = [0, 1, 5, 4, 2, 6, 3, 7];

    // [batch, frames, frames of a patch, channels, rows, 2, columns, 2], as the transformer cuts latents: sizes of 2b and of 1.5, and tiny
    // ones; there and back.
    [Theory]
    [InlineData(2, 3, 1, 16, 4, 45)]
    [InlineData(1, 2, 2, 16, 3, 33)]
    [InlineData(1, 1, 2, 32, 2, 40)]
    [InlineData(1, 1, 1, 6, 3, 9)]
    public void Patches(int batch, int groups, int frames, int channels, int rows, int columns)
    {
        Check(BF16, [batch, groups, frames, channels, rows, 2, columns, 2], ToPatches);
        Check(BF16, [batch, groups, rows, columns, channels, frames, 2, 2], FromPatches);
    }

    // As the VAE turns latents, and others: sides that end within a tile, words of 2 and 4 bytes, other dimensions around.
    [Theory]
    [InlineData(BF16, new[] { 1, 2, 16, 6, 9 }, new[] { 0, 1, 3, 4, 2 })]
    [InlineData(F32, new[] { 1, 2, 6, 9, 32 }, new[] { 0, 1, 4, 2, 3 })]
    [InlineData(BF16, new[] { 65, 33 }, new[] { 1, 0 })]
    [InlineData(F32, new[] { 8, 8 }, new[] { 1, 0 })]
    [InlineData(BF16, new[] { 2, 18, 3, 20 }, new[] { 0, 3, 2, 1 })]
    [InlineData(F32, new[] { 3, 2, 5, 40, 33 }, new[] { 2, 0, 4, 1, 3 })]
    public void Turns(ElementFormat type, int[] sizes, int[] order) => Check(type, sizes, order);

    [Fact]
    public void LeavesTheRest()
    {
        int[] turned = [1, 0];
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, [64, 64], turned)));
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, [64, 64], turned, skipped: 1)));
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, [64, 64, 2], [1, 0, 2])));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, [64, 64, 2], [1, 0, 2], skipped: 1))); // pairs are moved together
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, [64, 7], turned))); // a tile would be nearly empty
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, [8, 9, 64], [1, 0, 2]))); // whole rows
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, [8, 9], [0, 1]))); // a plain copy
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, [64, 2, 3, 2, 3, 2, 3, 64], [7, 5, 3, 1, 6, 4, 2, 0]))); // too many
        Assert.True(CudaForm.Takes(operands => Make(operands, F32, [2, 200, 40], [2, 1, 0])));
        Assert.False(CudaForm.Takes(operands => Make(operands, F32, [2, 300, 40], [2, 1, 0]))); // no small numbers to divide
        foreach (int bytes in new[] { 1, 8 })
            Assert.False(CudaForm.Takes(operands => Make(operands, F32, [64, 64], turned, elementSize: bytes)));
    }

    // Tiles of columns, and what lies around them; rows have more room.
    [Fact]
    public void AGridHasAnEnd()
    {
        int[] turned = [0, 2, 1];
        Assert.NotNull(PermuteCudaPlan.Of(new PermutePlan([65_535, 8, 9], turned), sizeof(ushort)));
        Assert.Null(PermuteCudaPlan.Of(new PermutePlan([65_536, 8, 9], turned), sizeof(ushort)));
        Assert.NotNull(PermuteCudaPlan.Of(new PermutePlan([1, 32 * 65_535, 8], turned), sizeof(ushort)));
        Assert.Null(PermuteCudaPlan.Of(new PermutePlan([1, 32 * 65_535 + 1, 8], turned), sizeof(ushort)));
        Assert.NotNull(PermuteCudaPlan.Of(new PermutePlan([1, 8, 32 * 65_535 + 1], turned), sizeof(ushort)));
    }

    [Fact]
    public void NothingIsLeftToo() => Assert.Null(PermuteCudaPlan.Of(new PermutePlan([0, 9, 20], [1, 0, 2]), sizeof(ushort)));

    [Fact]
    public void EachMutantIsCaught()
    {
        IReadOnlyList<MutationResult> results = CudaForm.Mutate(operands => Make(operands, BF16, [33, 40], [1, 0]), tolerance: 0);
        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.True(result.Caught, result.ToString()));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        Count("permute_to_patches_2x16x8x90", [1, 2, 1, 16, 4, 2, 45, 2], ToPatches);
        Count("permute_from_patches_2x16x8x90", [1, 2, 4, 45, 16, 1, 2, 2], FromPatches);
        Count("permute_2x16x512", [2, 16, 512], [0, 2, 1]);

        static void Count(string name, int[] sizes, int[] order)
        {
            (Type kernel, LaunchReport report) =
                Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, sizes, order)).Launches);
            CountTable.Check(name, kernel, report);
        }
    }

    private static void Check(ElementFormat type, int[] sizes, int[] order) =>
        Assert.Equal(0, CudaForm.Compare(operands => Make(operands, type, sizes, order)).Error);

    private static unsafe Permute Make(
        Operands operands, ElementFormat type, int[] sizes, int[] order, int skipped = 0, int? elementSize = null)
    {
        var plan = new PermutePlan(sizes, order);
        Elements x = operands.Random(type, plan.Count, new Random(1), skipped), y = operands.Result(type, plan.Count);
        return new((byte*)x.Address, (byte*)y.Address, plan, elementSize ?? x.ElementSize);
    }
}
