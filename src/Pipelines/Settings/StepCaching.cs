using System.Globalization;
using System.Text.Json.Serialization;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Whether steps take parts of their results from steps before, and which: less work, and another video. As text <c>none</c>,
/// <c>first-block:0.05</c> or <c>pyramid:2,100,800</c>; without the numbers, the usual ones.
/// </summary>
[JsonConverter(typeof(SettingJson))]
public sealed record StepCaching
{
    internal const string Examples = "none, first-block:0.05 or pyramid:2,100,800";

    private const string NoneWord = "none", FirstBlockWord = "first-block", PyramidWord = "pyramid";
    private const double UsualThreshold = 0.05, LargestThreshold = 10;
    private const int UsualSkip = 2, Timesteps = 1000;
    private const double UsualFrom = 100, UsualTo = 800;

    private StepCaching(StepCacheKind kind) => Kind = kind;

    /// <summary>Every step computes all.</summary>
    public static StepCaching None { get; } = new(StepCacheKind.None);

    /// <summary>Which parts.</summary>
    public StepCacheKind Kind { get; }

    /// <summary>Of a first-block cache: the other blocks run where the first one's part has changed by more than this share.</summary>
    public double Threshold { get; private init; }

    /// <summary>Of pyramid attention broadcast: attention is computed at every so manieth evaluation, and used again between.</summary>
    public int Skip { get; private init; }

    /// <summary>Of pyramid attention broadcast: only between this timestep and <see cref="To"/>, both excluded.</summary>
    public double From { get; private init; }

    /// <summary>The larger timestep.</summary>
    public double To { get; private init; }

    /// <summary>First-block cache.</summary>
    /// <param name="threshold">A share above 0, up to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another.</exception>
    public static StepCaching FirstBlock(double threshold = UsualThreshold) => threshold is > 0 and <= LargestThreshold
        ? new StepCaching(StepCacheKind.FirstBlock) { Threshold = threshold }
        : throw new ArgumentOutOfRangeException(
            nameof(threshold),
            FormattableString.Invariant($"{threshold} isn't a threshold; choose a share above 0, up to {LargestThreshold}, such as 0.05"));

    /// <summary>Pyramid attention broadcast.</summary>
    /// <param name="skip">2 or more.</param>
    /// <param name="from">A timestep, 0 … 1000.</param>
    /// <param name="to">A larger one.</param>
    /// <exception cref="ArgumentOutOfRangeException">Others.</exception>
    public static StepCaching Pyramid(int skip = UsualSkip, double from = UsualFrom, double to = UsualTo)
    {
        if (skip is < 2 or > Timesteps)
        {
            throw new ArgumentOutOfRangeException(
                nameof(skip), $"a skip of {skip} isn't one; choose a whole number from 2 to {Timesteps}");
        }
        if (!(from >= 0 && from < to && to <= Timesteps))
        {
            throw new ArgumentOutOfRangeException(nameof(from), FormattableString.Invariant(
                $"timesteps {from} to {to} are no range; choose two from 0 to {Timesteps}, the smaller first, such as 100,800"));
        }
        return new StepCaching(StepCacheKind.Pyramid) { Skip = skip, From = from, To = to };
    }

    /// <summary>The inverse of <see cref="ToString"/>; numbers may be left out.</summary>
    /// <exception cref="FormatException">Another text; the message says what would be right.</exception>
    public static StepCaching Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2);
        double[]? numbers = parts.Length == 1 ? [] : Numbers(parts[1]);
        try
        {
            return (parts[0].ToLowerInvariant(), numbers) switch
            {
                (NoneWord, []) => None,
                (FirstBlockWord, []) => FirstBlock(),
                (FirstBlockWord, [double threshold]) => FirstBlock(threshold),
                (PyramidWord, []) => Pyramid(),
                (PyramidWord, [double skip, double from, double to]) when skip == (int)skip => Pyramid((int)skip, from, to),
                _ => throw new FormatException($"'{text}' can't be; choose {Examples}"),
            };
        }
        catch (ArgumentOutOfRangeException exception)
        {
            string problem = exception.Message.Split(" (Parameter")[0];
            throw new FormatException($"'{text}' can't be: {problem}", exception);
        }
    }

    /// <summary>The word, and what it goes by.</summary>
    public override string ToString() => Kind switch
    {
        StepCacheKind.FirstBlock => FormattableString.Invariant($"{FirstBlockWord}:{Threshold}"),
        StepCacheKind.Pyramid => FormattableString.Invariant($"{PyramidWord}:{Skip},{From},{To}"),
        _ => NoneWord,
    };

    /// <summary>What one run keeps, in the scope of the caller; null where nothing is kept.</summary>
    /// <param name="transformer">The model.</param>
    /// <param name="latents">[B, F, C, H, W]: the shape of what it is given.</param>
    /// <param name="textTokens">T</param>
    internal StepCache? For(CogVideoXTransformer transformer, Shape latents, int textTokens) => Kind switch
    {
        StepCacheKind.FirstBlock => transformer.NewFirstBlockCache(Threshold, latents, textTokens),
        StepCacheKind.Pyramid => transformer.NewPyramidAttentionBroadcast(new BroadcastRange(Skip, From, To), latents, textTokens),
        _ => null,
    };

    // Null where one isn't a number.
    private static double[]? Numbers(string text)
    {
        string[] parts = text.Split(',');
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }
        return numbers;
    }
}
