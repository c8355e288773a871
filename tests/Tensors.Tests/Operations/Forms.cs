using FsCheck;
using FsCheck.Fluent;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>The fast forms of an operation against its naive one, over random sizes.</summary>
internal static class Forms
{
    /// <summary>
    /// Runs an operation on random input in the naive form and with 1, 2 and 3 threads: the fast results must be equal bit for
    /// bit and near the naive one.
    /// </summary>
    /// <param name="run">Draws sizes and input from the generator, the same for each device.</param>
    /// <param name="tolerance">Relative L2 error allowed.</param>
    public static void Agree(Func<Ops, Random, Tensor> run, double tolerance = CogVideoX.Testing.Agree.Module)
    {
        using Ops reference = EachDevice.Open("reference");
        Ops[] teams = [Ops.OnCpu(1), Ops.OnCpu(2), Ops.OnCpu(3)];
        try
        {
            Property property = Prop.ForAll(ArbMap.Default.ArbFor<int>(), (int seed) =>
            {
                float[] expected = Result(reference, run, seed);
                float[] first = Result(teams[0], run, seed);
                double error = CogVideoX.Testing.Agree.RelativeError(first, expected);
                bool same = teams.Skip(1).All(team => Result(team, run, seed).AsSpan().SequenceEqual(first));
                return (same && error <= tolerance).Label($"seed {seed}: error {error:E2}, same with more threads: {same}");
            });
            Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true), property);
        }
        finally
        {
            foreach (Ops team in teams)
                team.Dispose();
        }
    }

    /// <summary>Numbers around 0.3, evenly spread over a width of 2.</summary>
    public static Tensor Random(this Ops ops, Random random, Shape shape)
    {
        var values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 0.7f;
        return ops.FromHost(values, shape);
    }

    /// <summary>The same, stored in a format of weights.</summary>
    public static Tensor RandomHalf(this Ops ops, Random random, Shape shape)
    {
        Tensor result = ops.Memory.Empty(shape, DType.F16);
        foreach (ref Half value in result.AsSpan<Half>())
            value = (Half)(2 * random.NextSingle() - 0.7f);
        return result;
    }

    private static float[] Result(Ops ops, Func<Ops, Random, Tensor> run, int seed)
    {
        using MemoryScope scope = ops.Scope();
        return run(ops, new Random(seed)).ToFloats();
    }
}
