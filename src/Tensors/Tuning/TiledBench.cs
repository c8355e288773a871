using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Tensors.Tuning;

/// <summary>
/// An operation with a choice of tiles at one shape, to be run in each of its forms: on random numbers, of which every device makes the
/// same, so that some of the results are compared with the naive form's wherever it runs.
/// </summary>
internal abstract class TiledBench
{
    // A form must be so much faster than the rule's to take its place: less is noise.
    private const double Gain = 0.01;

    /// <summary>Results are compared at so many places along each side, at most.</summary>
    protected const int Places = 6;

    /// <param name="problem">What is run.</param>
    protected TiledBench(TiledProblem problem) => Problem = problem;

    /// <summary>What is run.</summary>
    public TiledProblem Problem { get; }

    /// <summary>Floating-point operations of the matrix products of one run.</summary>
    public abstract double Flops { get; }

    /// <summary>What is read.</summary>
    public abstract IReadOnlyList<BenchOperand> Operands { get; }

    /// <summary>An operation at a shape.</summary>
    /// <exception cref="TensorException">There is nothing to choose at the shape: it has one form, or none.</exception>
    public static TiledBench Of(TiledProblem problem) => problem.Operation switch
    {
        TiledOperation.Linear => new LinearBench(problem),
        TiledOperation.Attention => new AttentionBench(problem),
        _ => new ConvolutionBench(problem),
    };

    /// <summary>What its choice depends on.</summary>
    /// <param name="type">Of its operands: BF16 or F16.</param>
    public abstract TileShape ShapeIn(DType type);

    /// <summary>All forms that there are.</summary>
    /// <param name="card">The card.</param>
    public abstract IReadOnlyList<TileChoice> Forms(TileCard card);

    /// <summary>The one that the rule chooses.</summary>
    /// <param name="card">The card.</param>
    public abstract TileChoice Rule(TileCard card);

    /// <summary>Runs it in the form that the device chooses.</summary>
    /// <param name="ops">Where.</param>
    /// <param name="inputs">In the order of <see cref="Operands"/>.</param>
    public abstract Tensor Run(Ops ops, IReadOnlyList<Tensor> inputs);

    /// <summary>
    /// The same with sizes that an emulator runs in a moment: several tiles along each side, the last of which aren't full, in a form with
    /// the same kernels.
    /// </summary>
    public abstract (TiledBench Small, TileChoice Form) Cut(TileChoice form);

    /// <summary>‖result − naive‖ / ‖naive‖ at some places of the result; infinite where a number isn't finite.</summary>
    /// <param name="naive">On a reference device.</param>
    /// <param name="result">What <see cref="Run"/> made of the random operands.</param>
    public double Error(Ops naive, Tensor result)
    {
        double difference = 0, norm = 0;
        foreach ((float expected, float actual) in Samples(naive, result))
        {
            double d = (double)actual - expected;
            if (!double.IsFinite(d))
                return double.PositiveInfinity;
            (difference, norm) = (difference + d * d, norm + (double)expected * expected);
        }
        return Math.Sqrt(difference / norm);
    }

    /// <summary>What a table should choose: the fastest form, but the rule's where that is nearly as fast; null for none.</summary>
    /// <param name="times">Seconds of forms that are right.</param>
    /// <param name="rule">The rule's choice.</param>
    public static TileChoice? Best(IReadOnlyDictionary<TileChoice, double> times, TileChoice rule)
    {
        if (times.Count == 0)
            return null;
        (TileChoice fastest, double least) = times.MinBy(pair => pair.Value);
        return times.TryGetValue(rule, out double own) && own <= least * (1 + Gain) ? rule : fastest;
    }

    /// <summary>What such an error may be: sums are in fp32, and rounding to the type changes a result by 2⁻⁹ or 2⁻¹².</summary>
    public static double AllowedError(DType type) => type == DType.F16 ? 5e-4 : 4e-3;

    /// <summary>Numbers of the naive form and of the result, at the same places.</summary>
    protected abstract IEnumerable<(float Expected, float Actual)> Samples(Ops naive, Tensor result);

    /// <summary>The first, the last, those at borders of tiles, and some between.</summary>
    protected static int[] PlacesAlong(int length) =>
        [.. ((int[])[0, length - 1, 63, 64, 255, 256, length / 2, length / 3]).Where(place => place < length).Distinct().Take(Places)];
}

/// <summary>An operand of random numbers around zero.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Key">Which numbers.</param>
/// <param name="HalfRange">The largest.</param>
internal readonly record struct BenchOperand(Shape Shape, ulong Key, float HalfRange)
{
    /// <summary>On a device.</summary>
    public Tensor Make(Ops ops) => ops.RandomUniform(Shape, ops.ActivationType, Key, 0, HalfRange);

    /// <summary>Some of its numbers, in the type that the device has them in.</summary>
    /// <param name="ops">Where to make them.</param>
    /// <param name="type">BF16 or F16.</param>
    /// <param name="first">The first one's index.</param>
    /// <param name="count">How many.</param>
    public float[] Values(Ops ops, DType type, long first, int count)
    {
        using MemoryScope scope = ops.Scope();
        return ops.RandomUniform([count], type, Key + (ulong)first, 0, HalfRange).ToFloats();
    }
}
