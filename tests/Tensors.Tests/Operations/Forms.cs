using System.Runtime.InteropServices;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>The fast forms of an operation against its naive one, over random sizes.</summary>
internal static class Forms
{
    /// <summary>
    /// Runs an operation on random input in the naive form and on every other device: results must be near the naive one, and equal
    /// bit for bit however many threads there are.
    /// </summary>
    /// <param name="run">Draws sizes and input from the generator, the same for each device.</param>
    /// <param name="tolerance">Relative L2 error allowed.</param>
    public static void Agree(Func<Ops, Random, Tensor> run, double tolerance = CogVideoX.Testing.Agree.Module)
    {
        using Ops naive = EachDevice.OpenNaive();
        (string Name, Ops Ops)[] devices = [.. EachDevice.Fast.Select(row => (string)row[0]).Select(name => (name, EachDevice.Open(name)))];
        try
        {
            Property property = Prop.ForAll(ArbMap.Default.ArbFor<int>(), (int seed) =>
            {
                float[] expected = Result(naive, run, seed);
                (string Name, float[] Numbers)[] results = [.. devices.Select(device => (device.Name, Result(device.Ops, run, seed)))];
                double error = results.Max(result => CogVideoX.Testing.Agree.RelativeError(result.Numbers, expected));
                bool same = results.GroupBy(result => result.Name.TrimEnd("0123456789".ToCharArray()), result => result.Numbers)
                    .All(teams => teams.All(numbers => numbers.AsSpan().SequenceEqual(teams.First())));
                return (same && error <= tolerance).Label($"seed {seed}: error {error:E2}, same with more threads: {same}");
            });
            Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true), property);
        }
        finally
        {
            foreach ((_, Ops ops) in devices)
                ops.Dispose();
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
        var values = new Half[shape.Count];
        foreach (ref Half value in values.AsSpan())
            value = (Half)(2 * random.NextSingle() - 0.7f);
        return ops.FromHost(MemoryMarshal.AsBytes(values.AsSpan()), shape, DType.F16);
    }

    private static float[] Result(Ops ops, Func<Ops, Random, Tensor> run, int seed)
    {
        using MemoryScope scope = ops.Scope();
        return run(ops, new Random(seed)).ToFloats();
    }
}
