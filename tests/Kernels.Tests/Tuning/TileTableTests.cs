using CogVideoX.Kernels.Tests.Cuda;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Tuning;

/// <summary>Choices from a table, and what they may change.</summary>
public sealed class TileTableTests
{
    private static readonly TileShape Shape = new(TiledOperation.Linear, 226, 3072, 4096, ElementFormat.BF16);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 18)] // 16 to 32 in steps of 2
    [InlineData(226, 240)]
    [InlineData(240, 240)]
    [InlineData(241, 256)]
    [InlineData(4096, 4096)]
    [InlineData(35_552, 36_864)]
    public void RowsAreTakenTogetherByEighths(long rows, long atMost) => Assert.Equal(atMost, (Shape with { Rows = rows }).Class.Rows);

    [Fact]
    public void AShapeFindsTheChoiceOfItsClassAlone()
    {
        var table = new TileTable([(Shape, new(TileKind.Small, 2))]);
        Assert.Equal(new TileChoice(TileKind.Small, 2), table.Find(Shape with { Rows = 240 }));
        Assert.Null(table.Find(Shape with { Rows = 241 }));
        Assert.Null(table.Find(Shape with { Columns = 3080 }));
        Assert.Null(table.Find(Shape with { Depth = 4104 }));
        Assert.Null(table.Find(Shape with { Type = ElementFormat.F16 }));
        Assert.Null(table.Find(Shape with { Operation = TiledOperation.Attention }));
        Assert.Null(TileTable.Empty.Find(Shape));
    }

    [Fact]
    public void NewChoicesTakeThePlaceOfOldOnes()
    {
        TileShape other = Shape with { Columns = 64 };
        TileTable table = new TileTable([(Shape, new(TileKind.Small)), (other, new(TileKind.Tall))])
            .With(new TileTable([(Shape, new(TileKind.Wide))]));
        Assert.Equal(2, table.Count);
        Assert.Equal((TileKind.Wide, TileKind.Tall), (table.Find(Shape)!.Value.Tile, table.Find(other)!.Value.Tile));
    }

    // Each tile, on one shape whose tiles are full nowhere: the naive form's numbers, and, as long as inputs aren't cut, the same bits.
    [Fact]
    public void TilesGiveTheSameBitsAndPartsNearlySo()
    {
        LinearCase product = new(ElementFormat.BF16, 65, 130, 520) { Result = ElementFormat.F32 };
        float[] whole = Forced(product, new(TileKind.Small));
        foreach (TileKind tile in (TileKind[])[TileKind.Square, TileKind.Wide, TileKind.Tall])
            Assert.Equal(whole, Forced(product, new(tile)));
        float[] parts = Forced(product, new(TileKind.Square, 2));
        Assert.NotEqual(whole, parts);
        Assert.InRange(Agree.RelativeError(parts, whole), 0, product.Tolerance);
    }

    [Fact]
    public void ConvolutionsHaveTheSameBitsInEachTile()
    {
        ConvolutionCase convolution = new(ElementFormat.F16, new(1, 2, 9, 9, 24), 130) { Result = ElementFormat.F32 };
        float[][] all = [.. ConvolutionCudaPlan.All.Select(tile => CudaForm.Forced(
            convolution.Make, new TileTable([(ConvolutionCudaPlan.ShapeOf(convolution.Size, convolution.Type), new(tile))])).Numbers)];
        Assert.All(all, numbers => Assert.Equal(all[0], numbers));
    }

    // Scores far apart, so that maxima rise in the middle of some rows and not of others.
    [Fact]
    public void AttentionHasTheSameBitsInEachTile()
    {
        var size = new AttentionSize(1, 150, 300, 1, 64);
        var random = new Random(3);
        float[] queries = [.. Enumerable.Range(0, 150 * 64).Select(i => (random.NextSingle() - 0.5f) * (i / 64 % 5 * 20))];
        var attention = new AttentionCase(ElementFormat.BF16, size) { Queries = queries };
        float[][] all = [.. AttentionCudaPlan.All.Select(tile => CudaForm.Forced(
            attention.On, new TileTable([(AttentionCudaPlan.ShapeOf(size, ElementFormat.BF16), new(tile))])).Numbers)];
        Assert.Equal(all[0], all[1]);
    }

    // As many parts as there is no memory for, a tile of attention: the rule chooses.
    [Theory]
    [InlineData("Square", 3)]
    [InlineData("Square", 0)]
    [InlineData("Queries64", 1)]
    public void WhatCannotBeIsLeftToTheRule(string name, int parts)
    {
        TileKind tile = Enum.Parse<TileKind>(name);
        using var queue = new EmulatedQueue();
        TileShape shape = Shape with { Rows = 65, Columns = 130, Depth = 520 };
        queue.Tiles = new TileTable([(shape, new(tile, parts))]);
        Assert.Equal(LinearCudaPlan.For(65, 130, 520, queue.Card), LinearCudaPlan.For(shape, queue));
        var video = new ConvolutionSize(new(1, 2, 8, 8, 16), 16, 3, 3, 3, 1, PadEnd: false);
        queue.Tiles = new TileTable([(ConvolutionCudaPlan.ShapeOf(video, ElementFormat.BF16), new(tile, parts))]);
        Assert.Equal(ConvolutionCudaPlan.For(video, queue.Card), ConvolutionCudaPlan.For(video, ElementFormat.BF16, queue));
        var attention = new AttentionSize(1, 300, 300, 2, 64);
        queue.Tiles = new TileTable([(AttentionCudaPlan.ShapeOf(attention, ElementFormat.BF16), new(TileKind.Wide, parts))]);
        Assert.Equal(AttentionCudaPlan.For(attention, queue.Card), AttentionCudaPlan.For(attention, ElementFormat.BF16, queue));
    }

    [Fact]
    public void ConvolutionsAndAttentionAskTheTable()
    {
        using var queue = new EmulatedQueue();
        var video = new ConvolutionSize(new(1, 2, 8, 8, 16), 16, 3, 3, 3, 1, PadEnd: false);
        var attention = new AttentionSize(1, 300, 300, 2, 64);
        foreach (TileKind tile in ConvolutionCudaPlan.All)
        {
            queue.Tiles = new TileTable([(ConvolutionCudaPlan.ShapeOf(video, ElementFormat.F16), new(tile))]);
            Assert.Equal(tile, ConvolutionCudaPlan.For(video, ElementFormat.F16, queue));
        }
        foreach (TileKind tile in AttentionCudaPlan.All)
        {
            queue.Tiles = new TileTable([(AttentionCudaPlan.ShapeOf(attention, ElementFormat.F16), new(tile))]);
            Assert.Equal(tile, AttentionCudaPlan.For(attention, ElementFormat.F16, queue));
        }
    }

    // An operation's own memory is that of any card and any choice.
    [Fact]
    public void EveryPlanFitsTheWorkspace()
    {
        foreach (int multiprocessors in (int[])[4, 28, 132, 200])
        {
            foreach ((int rows, int outputs, int inputs) in ((int, int, int)[])[(17, 64, 4096), (226, 4096, 10_240), (452, 1920, 4096)])
            {
                LinearCudaPlan[] all = [.. LinearCudaPlan.All(rows, outputs, inputs, new TileCard(multiprocessors, 90))];
                Assert.Equal(all.Length, all.Select(plan => plan.Choice).Distinct().Count());
                Assert.Contains(LinearCudaPlan.For(rows, outputs, inputs, new TileCard(multiprocessors, 90)), all);
                Assert.All(all, plan => Assert.True(
                    plan.Parts == 1
                        || plan.Parts * LinearCudaPlan.PartBytes(rows, outputs) <= LinearCudaPlan.WorkspaceBytes(rows, outputs, inputs)));
            }
        }
    }

    private static float[] Forced(LinearCase product, TileChoice choice)
    {
        var table = new TileTable([(new(TiledOperation.Linear, product.Rows, product.Outputs, product.Inputs, product.Type), choice)]);
        (double error, float[] numbers, IReadOnlyList<Type> kernels) = CudaForm.Forced(product.Make, table);
        Assert.InRange(error, 0, product.Tolerance);
        Assert.Contains(kernels, kernel => kernel.ToString().Contains(choice.Tile.ToString(), StringComparison.Ordinal));
        Assert.Equal(choice.Parts == 1 ? 1 : 2, kernels.Count);
        return numbers;
    }
}
