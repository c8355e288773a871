using System.Globalization;
using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines.Media;

/// <summary>Frames a second as an exact fraction in lowest terms, both parts from 1 to 65535 (what an animated PNG can hold).</summary>
[JsonConverter(typeof(SettingJson))]
public sealed record FrameRate
{
    private const int Largest = ushort.MaxValue;

    /// <exception cref="ArgumentOutOfRangeException">A part is outside 1 to 65535.</exception>
    public FrameRate(int numerator, int denominator = 1)
    {
        int common = numerator < 1 || denominator < 1 ? 1 : Gcd(numerator, denominator);
        (Numerator, Denominator) = (numerator / common, denominator / common);
        if (Numerator is < 1 or > Largest || Denominator is < 1 or > Largest)
            throw new ArgumentOutOfRangeException(nameof(numerator), Problem($"{numerator}/{denominator}"));
    }

    public int Numerator { get; }

    public int Denominator { get; }

    /// <summary>The simplest fraction that is this number: 8 is 8/1, 29.97 is 2997/100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No fraction with parts up to 65535 is this number.</exception>
    public static FrameRate FromDouble(double framesPerSecond) =>
        TryFromDouble(framesPerSecond)
        ?? throw new ArgumentOutOfRangeException(nameof(framesPerSecond), Problem(framesPerSecond.ToString(CultureInfo.InvariantCulture)));

    private static FrameRate? TryFromDouble(double framesPerSecond)
    {
        if (framesPerSecond is > 0 and <= Largest)
        {
            for (int denominator = 1; denominator <= Largest; denominator++)
            {
                double numerator = Math.Round(framesPerSecond * denominator);
                if (numerator > Largest)
                    break;
                if (numerator >= 1 && Math.Abs(numerator / denominator - framesPerSecond) <= 1e-9 * framesPerSecond)
                    return new FrameRate((int)numerator, denominator);
            }
        }
        return null;
    }

    /// <summary>Reads <c>8</c>, <c>29.97</c> or <c>30000/1001</c>.</summary>
    /// <exception cref="FormatException">The text is none of these, or a number that <see cref="FromDouble"/> refuses.</exception>
    public static FrameRate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/');
        try
        {
            if (parts.Length == 2 && TryWhole(parts[0], out int numerator) && TryWhole(parts[1], out int denominator))
                return new FrameRate(numerator, denominator);
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return FromDouble(number);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new FormatException(Problem(text), exception);
        }
        throw new FormatException(Problem(text));
    }

    /// <summary>So many times slower; as near as a rate can be, where both parts are at their limits.</summary>
    internal FrameRate Slowed(int times) => Denominator <= Largest / times
        ? new FrameRate(Numerator, Denominator * times)
        : new FrameRate(Math.Max(1, Numerator / times), Denominator);

    /// <summary><c>8/1</c>, <c>30000/1001</c>.</summary>
    public override string ToString() => $"{Numerator}/{Denominator}";

    private static bool TryWhole(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    private static string Problem(string given) =>
        $"'{given}' is not a frame rate; give a number above 0 such as 8 or 29.97, or a fraction such as 30000/1001";
}
