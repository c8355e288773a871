using CogVideoX.Kernels;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Tensors.Tuning;

/// <summary>A product with a bias.</summary>
internal sealed class LinearBench : TiledBench
{
    private const int Columns = 16, EmulatedDepth = 136, EmulatedParts = 2, PartDepth = 256;
    private const ulong RowsKey = 1UL << 50, WeightKey = 2UL << 50, BiasKey = 3UL << 50;

    private readonly int rows, outputs, inputs;

    /// <inheritdoc/>
    public LinearBench(TiledProblem problem)
        : base(problem)
    {
        int[] sizes = problem.Sizes;
        (rows, outputs, inputs) = (sizes[0], sizes[1], sizes[2]);
        if (!Linear.HasChoice(rows, inputs))
        {
            throw new TensorException(
                $"linear at {problem.Shape}: there is nothing to choose; up to {Linear.MostFewRows} rows have one kernel, and inputs that "
                + "aren't a multiple of 8 have none of our compiler.");
        }
    }

    /// <inheritdoc/>
    public override double Flops => 2.0 * inputs * rows * outputs;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchOperand> Operands => [RowOperand, WeightOperand, BiasOperand];

    private BenchOperand RowOperand => new([rows, inputs], RowsKey, 1);

    private BenchOperand WeightOperand => new([outputs, inputs], WeightKey, 1 / MathF.Sqrt(inputs));

    private BenchOperand BiasOperand => new([outputs], BiasKey, 1);

    /// <inheritdoc/>
    public override TileShape ShapeIn(DType type) => new(TiledOperation.Linear, rows, outputs, inputs, type.Format);

    /// <inheritdoc/>
    public override IReadOnlyList<TileChoice> Forms(TileCard card) =>
        [.. LinearCudaPlan.All(rows, outputs, inputs, card).Select(plan => plan.Choice)];

    /// <inheritdoc/>
    public override TileChoice Rule(TileCard card) => LinearCudaPlan.For(rows, outputs, inputs, card).Choice;

    /// <inheritdoc/>
    public override Tensor Run(Ops ops, IReadOnlyList<Tensor> inputs) => ops.Linear(inputs[0], inputs[1], inputs[2]);

    /// <inheritdoc/>
    public override (TiledBench Small, TileChoice Form) Cut(TileChoice form)
    {
        (int tileRows, int tileColumns) = LinearCudaPlan.SizeOf(form.Tile);
        if (form.Parts == 1)
            return (Small(tileRows + 9, tileColumns + 8, EmulatedDepth), form);
        return (Small(tileRows - 7, tileColumns - 8, EmulatedParts * PartDepth + 8), form with { Parts = EmulatedParts });
    }

    /// <inheritdoc/>
    protected override IEnumerable<(float Expected, float Actual)> Samples(Ops naive, Tensor result)
    {
        int count = Math.Min(Columns, outputs);
        int[] firsts = [.. ((int[])[0, outputs - count, outputs / 2 - count / 2]).Distinct()];
        foreach (int row in PlacesAlong(rows))
        {
            using MemoryScope scope = naive.Scope();
            float[] actual = result.Rows(row, 1).ToFloats();
            Tensor x = naive.FromHost(RowOperand.Values(naive, result.Type, (long)row * inputs, inputs), [1, inputs]);
            foreach (int first in firsts)
            {
                float[] weight = WeightOperand.Values(naive, result.Type, (long)first * inputs, count * inputs);
                float[] bias = BiasOperand.Values(naive, result.Type, first, count);
                Tensor expected = naive.Linear(x, naive.FromHost(weight, [count, inputs]), naive.FromHost(bias, [count]));
                float[] values = expected.ToFloats();
                for (int i = 0; i < count; i++)
                    yield return (values[i], actual[first + i]);
            }
        }
    }

    private LinearBench Small(int mostRows, int mostOutputs, int mostInputs) => new(new(
        TiledOperation.Linear, Math.Min(rows, mostRows), Math.Min(outputs, mostOutputs), Math.Min(inputs, mostInputs)));
}
