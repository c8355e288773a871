using System.Globalization;

namespace CogVideoX.Compiler;

/// <summary>A GPU architecture that PTX is made for.</summary>
/// <param name="Architecture">compute capability times ten: 80, 86, 89, 90, 100, 120</param>
/// <param name="IsSpecific">the a-variant, whose PTX runs on that architecture alone (wgmma and setmaxnreg need sm_90a)</param>
public sealed record Target(int Architecture, bool IsSpecific = false)
{
    public static Target Sm80 { get; } = new(80);

    public static Target Sm90a { get; } = new(90, true);

    /// <summary>As .target has it: sm_80, sm_90a.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sm_{Architecture}{(IsSpecific ? "a" : "")}");
}
