using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>An exact fraction above 0, in lowest terms.</summary>
public readonly record struct Ratio
{
    /// <exception cref="ArgumentOutOfRangeException">A part is less than 1.</exception>
    public Ratio(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        long common = Gcd(numerator, denominator);
        (Numerator, Denominator) = (numerator / common, denominator / common);
    }

    public long Numerator { get; }

    public long Denominator { get; }

    /// <summary>Reads <c>30000/1001</c> or <c>30000:1001</c>; null where it isn't two numbers above 0.</summary>
    internal static Ratio? TryParse(string? text)
    {
        string[] parts = (text ?? "").Split('/', ':');
        return parts.Length == 2 && TryPositive(parts[0], out long numerator) && TryPositive(parts[1], out long denominator)
            ? new Ratio(numerator, denominator)
            : null;
    }

    /// <summary>As a frame rate: itself where its parts fit, else a near fraction whose parts do (its continued fraction, cut).</summary>
    public FrameRate ToFrameRate()
    {
        const long Largest = ushort.MaxValue;
        long a = Numerator, b = Denominator;
        (long Top, long Bottom) before = (0, 1), found = (1, 0);
        while (b != 0)
        {
            long whole = a / b;
            bool fits = whole <= Room(before.Top, found.Top) && whole <= Room(before.Bottom, found.Bottom);
            if (!fits)
                break;
            (before, found) = (found, (whole * found.Top + before.Top, whole * found.Bottom + before.Bottom));
            (a, b) = (b, a % b);
        }
        if (found.Bottom == 0)
            return new FrameRate((int)Largest);                         // more than a frame rate can say
        return new FrameRate((int)Math.Max(found.Top, 1), (int)(found.Top == 0 ? Largest : found.Bottom));

        static long Room(long before, long found) => found == 0 ? long.MaxValue : (Largest - before) / found;
    }

    /// <summary><c>30000/1001</c></summary>
    public override string ToString() => $"{Numerator}/{Denominator}";

    private static bool TryPositive(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
