using CogVideoX.Kernels;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Tensors.Tuning;

/// <summary>Attention without a bias, of one batch.</summary>
internal sealed class AttentionBench : TiledBench
{
    private const int EmulatedKeys = 150, EmulatedHeads = 2;
    private const ulong QueryKey = 1UL << 50, KeyKey = 2UL << 50, ValueKey = 3UL << 50;

    private readonly int queries, keys, heads, width;

    /// <inheritdoc/>
    public AttentionBench(TiledProblem problem)
        : base(problem)
    {
        int[] sizes = problem.Sizes;
        (queries, keys, heads, width) = (sizes[0], sizes[1], sizes[2], sizes[3]);
        if (!Attention.Widths.Contains(width))
        {
            throw new TensorException(
                $"attention at {problem.Shape}: there are no kernels of our compiler for heads of {width}; there are for "
                + $"{string.Join(", ", Attention.Widths)}.");
        }
    }

    /// <inheritdoc/>
    public override double Flops => 4.0 * width * queries * keys * heads;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchOperand> Operands => [QueryOperand, KeyOperand, ValueOperand];

    private AttentionSize Size => new(1, queries, keys, heads, width);

    private BenchOperand QueryOperand => new([1, queries, heads, width], QueryKey, 2);

    private BenchOperand KeyOperand => new([1, keys, heads, width], KeyKey, 2);

    private BenchOperand ValueOperand => new([1, keys, heads, width], ValueKey, 1);

    /// <inheritdoc/>
    public override TileShape ShapeIn(DType type) => AttentionCudaPlan.ShapeOf(Size, type.Format);

    /// <inheritdoc/>
    public override IReadOnlyList<TileChoice> Forms(TileCard card) => [.. AttentionCudaPlan.All.Select(tile => new TileChoice(tile))];

    /// <inheritdoc/>
    public override TileChoice Rule(TileCard card) => new(AttentionCudaPlan.For(Size, card));

    /// <inheritdoc/>
    public override Tensor Run(Ops ops, IReadOnlyList<Tensor> inputs) => ops.Attention(inputs[0], inputs[1], inputs[2]);

    /// <inheritdoc/>
    public override (TiledBench Small, TileChoice Form) Cut(TileChoice form)
    {
        int most = AttentionCudaPlan.QueriesOf(form.Tile) + 9;
        var small = new TiledProblem(
            TiledOperation.Attention, Math.Min(queries, most), Math.Min(keys, EmulatedKeys), Math.Min(heads, EmulatedHeads), width);
        return (new AttentionBench(small), form);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(float Expected, float Actual)> Samples(Ops naive, Tensor result)
    {
        int rowWidth = heads * width;
        Tensor rows = result.Reshape([queries, rowWidth]);
        foreach (int head in (int[])[.. new[] { 0, heads - 1 }.Distinct()])
        {
            using MemoryScope scope = naive.Scope();
            Tensor k = OneHead(KeyOperand, head), v = OneHead(ValueOperand, head);
            foreach (int query in PlacesAlong(queries))
            {
                float[] actual = rows.Rows(query, 1).ToFloats();
                float[] q = QueryOperand.Values(naive, result.Type, (long)query * rowWidth + head * width, width);
                float[] expected = naive.Attention(naive.FromHost(q, [1, 1, 1, width]), k, v).ToFloats();
                for (int i = 0; i < width; i++)
                    yield return (expected[i], actual[head * width + i]);
            }
        }

        Tensor OneHead(BenchOperand operand, int head)
        {
            var values = new float[(long)keys * width];
            for (int key = 0; key < keys; key++)
                operand.Values(naive, result.Type, (long)key * rowWidth + head * width, width).CopyTo(values.AsSpan(key * width));
            return naive.FromHost(values, [1, keys, 1, width]);
        }
    }
}
