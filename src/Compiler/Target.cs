using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CogVideoX.Compiler;

/// <summary>A GPU architecture that PTX is made for.</summary>
/// <param name="Architecture">compute capability times ten: 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121</param>
/// <param name="IsSpecific">the a-variant, whose PTX runs on that architecture alone (wgmma and setmaxnreg need sm_90a)</param>
public sealed record Target(int Architecture, bool IsSpecific = false)
{
    public static Target Sm80 { get; } = new(80);

    public static Target Sm90a { get; } = new(90, true);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Target? target)
    {
        target = null;
        bool specific = text.EndsWith('a');
        string number = text.StartsWith("sm_", StringComparison.Ordinal) ? text[3..(specific ? ^1 : ^0)] : "";
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int architecture) || architecture is < 80 or > 130)
            return false;
        target = new Target(architecture, specific);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">It isn't an architecture from sm_80 on.</exception>
    public static Target Parse(string text) =>
        TryParse(text, out Target? target)
            ? target : throw new FormatException($"'{text}' isn't an architecture; write it as sm_80, sm_89 or sm_90a.");

    /// <summary>As .target has it: sm_80, sm_90a.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sm_{Architecture}{(IsSpecific ? "a" : "")}");
}
