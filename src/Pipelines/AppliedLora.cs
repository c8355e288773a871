using System.Globalization;

namespace CogVideoX.Pipelines;

/// <summary>What an adapter does to a model.</summary>
/// <param name="Name">What it is called: its file, or its folder.</param>
/// <param name="Scale">The scale that was asked for.</param>
/// <param name="LeastFactor">What B·A is multiplied with: scale · alpha / rank (or / √rank), of the layer with the least.</param>
/// <param name="LargestFactor">Of the layer with the largest; in most adapters all are alike.</param>
/// <param name="Layers">How many layers it changes.</param>
/// <param name="Rank">Their ranks, in words.</param>
/// <param name="Alpha">Their alphas and where these are from, in words.</param>
public sealed record AppliedLora(
    string Name, double Scale, double LeastFactor, double LargestFactor, int Layers, string Rank, string Alpha)
{
    /// <summary>As a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"LoRA {Name} at scale {Scale}: factor {Range(LeastFactor, LargestFactor)} ({Rank}, {Alpha}) ")
        + (Layers == 1 ? "on 1 layer." : $"on {Layers} layers.");

    /// <summary>One number, or two with what lies between them.</summary>
    internal static string Range(double least, double largest) =>
        least == largest ? Number(least) : $"{Number(least)} to {Number(largest)}";

    // None that isn't 0 is called so.
    private static string Number(double number) =>
        number.ToString(Math.Abs(number) is > 0 and < 1e-5 ? "G3" : "0.######", CultureInfo.InvariantCulture);
}
