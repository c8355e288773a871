using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>What <c>kernels bench</c> found out at one shape.</summary>
/// <param name="Operation">Which.</param>
/// <param name="Shape">As it is given.</param>
/// <param name="Type">Of its operands.</param>
/// <param name="Forms">Each form, the fastest first, wrong ones last.</param>
internal sealed record BenchedShape(string Operation, string Shape, string Type, IReadOnlyList<BenchedForm> Forms)
{
    /// <param name="bench">What ran.</param>
    /// <param name="type">Of its operands.</param>
    /// <param name="forms">Its forms, with how far each is from the naive form, and seconds where it is right.</param>
    /// <param name="rule">Which the rule chooses.</param>
    /// <param name="table">Which the card's table chooses.</param>
    /// <param name="peak">FLOP/s that the card has at most; null where that isn't known.</param>
    public static BenchedShape Of(
        TiledBench bench, DType type, IReadOnlyList<(TileChoice Form, double Error, double? Seconds)> forms, TileChoice rule,
        TileChoice? table, double? peak)
    {
        double allowed = TiledBench.AllowedError(type);
        IEnumerable<BenchedForm> found =
            from one in forms
            let speed = bench.Flops / one.Seconds
            orderby one.Seconds ?? double.PositiveInfinity
            select new BenchedForm(
                one.Form.Tile, one.Form.Parts, one.Form.Stages, one.Error <= allowed, double.IsFinite(one.Error) ? one.Error : null,
                one.Seconds * 1e6, speed / 1e12, speed / peak, one.Form == rule, one.Form == table);
        return new(bench.Problem.Name, bench.Problem.Shape, type.Name, [.. found]);
    }

    /// <summary>Whether each form's numbers are those of the naive form.</summary>
    public bool IsRight => Forms.All(form => form.Right);
}

/// <summary>A form of an operation.</summary>
/// <param name="Tile">What a CTA computes.</param>
/// <param name="Parts">Of the inputs.</param>
/// <param name="Stages">Slices in shared memory; 0 for attention.</param>
/// <param name="Right">Whether its numbers are the naive form's.</param>
/// <param name="Error">How far they are from them, relative; null where a number isn't finite.</param>
/// <param name="Microseconds">What it takes; null where it is wrong.</param>
/// <param name="TeraFlops">Its speed.</param>
/// <param name="PeakShare">The share of the card's peak; null where that isn't known.</param>
/// <param name="Rule">Whether the rule chooses it.</param>
/// <param name="Table">Whether the card's table chooses it.</param>
internal sealed record BenchedForm(
    TileKind Tile, int Parts, int Stages, bool Right, double? Error, double? Microseconds, double? TeraFlops, double? PeakShare, bool Rule,
    bool Table);
