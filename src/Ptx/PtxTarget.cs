using System.Globalization;

namespace CogVideoX.Ptx;

/// <summary>An architecture, as <c>.target</c> names it (PTX ISA 11.1.2).</summary>
/// <param name="Number">compute capability times ten: 75, 80, 90, 120</param>
/// <param name="Variant">
/// <c>'a'</c>: what that architecture alone has; <c>'f'</c>: what its family has; 0: what all later ones have, too
/// </param>
public readonly record struct PtxTarget(int Number, char Variant = '\0')
{
    /// <summary>
    /// All that there are up to ptxas 13.0, with the first .version (times ten) that knows each. A new one is a line here.
    /// </summary>
    private static readonly Dictionary<PtxTarget, int> FirstVersions = new()
    {
        [new(10)] = 10,
        [new(11)] = 10,
        [new(12)] = 12,
        [new(13)] = 12,
        [new(20)] = 20,
        [new(30)] = 30,
        [new(32)] = 40,
        [new(35)] = 31,
        [new(37)] = 41,
        [new(50)] = 40,
        [new(52)] = 41,
        [new(53)] = 42,
        [new(60)] = 50,
        [new(61)] = 50,
        [new(62)] = 50,
        [new(70)] = 60,
        [new(72)] = 61,
        [new(75)] = 63,
        [new(80)] = 70,
        [new(86)] = 71,
        [new(87)] = 74,
        [new(88)] = 90,
        [new(89)] = 78,
        [new(90)] = 78,
        [new(90, 'a')] = 80,
        [new(100)] = 86,
        [new(100, 'a')] = 86,
        [new(100, 'f')] = 88,
        [new(101)] = 86,
        [new(101, 'a')] = 86,
        [new(101, 'f')] = 88,
        [new(103)] = 88,
        [new(103, 'a')] = 88,
        [new(103, 'f')] = 88,
        [new(110)] = 90,
        [new(110, 'a')] = 90,
        [new(110, 'f')] = 90,
        [new(120)] = 87,
        [new(120, 'a')] = 87,
        [new(120, 'f')] = 88,
        [new(121)] = 88,
        [new(121, 'a')] = 88,
        [new(121, 'f')] = 88,
    };

    /// <summary>Every target without a variant, from the oldest to the newest.</summary>
    public static IEnumerable<PtxTarget> Plain => FirstVersions.Keys.Where(t => t.Variant == '\0').OrderBy(t => t.Number);

    /// <summary>The first .version that knows it; null if there is no such target.</summary>
    public PtxVersion? FirstVersion => FirstVersions.TryGetValue(this, out int tenths) ? PtxVersion.OfTenths(tenths) : null;

    /// <summary>
    /// Reads <c>sm_90a</c>, or <c>compute_90a</c>, which means the same; whether there is such a target is another question.
    /// </summary>
    public static bool TryParse(string? text, out PtxTarget target)
    {
        target = default;
        string name = text ?? "";
        string rest = name.StartsWith("sm_", StringComparison.Ordinal) ? name[3..]
            : name.StartsWith("compute_", StringComparison.Ordinal) ? name[8..] : "";
        char variant = rest.Length > 0 && rest[^1] is 'a' or 'f' ? rest[^1] : '\0';
        string number = variant == '\0' ? rest : rest[..^1];
        if (number.Length > 4 || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            return false;
        target = new PtxTarget(value, variant);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">It isn't written so.</exception>
    public static PtxTarget Parse(string text) =>
        TryParse(text, out PtxTarget target) ? target : throw new FormatException($"'{text}' isn't a target; write it as sm_80 or sm_90a.");

    /// <summary>
    /// Whether code for this target runs on a device of that architecture: on the same and later ones; a-variants on their own alone,
    /// f-variants
    /// on later ones of their family.
    /// </summary>
    public bool RunsOn(PtxTarget device) => Variant switch
    {
        'a' => Number == device.Number && device.Variant == 'a',
        'f' => Number <= device.Number && Number / 10 == device.Number / 10 && device.Variant != '\0',
        _ => Number <= device.Number,
    };

    /// <summary>As .target has it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"sm_{Number}{(Variant == '\0' ? "" : Variant.ToString())}");
}
