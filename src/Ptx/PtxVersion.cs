using System.Globalization;

namespace CogVideoX.Ptx;

/// <summary>A version of PTX, as <c>.version</c> names it (PTX ISA 12). Later ones have all that earlier ones have.</summary>
/// <param name="Major">the number before the point</param>
/// <param name="Minor">the number behind it; 8.10 comes after 8.8, as in ptxas 13</param>
public readonly record struct PtxVersion(int Major, int Minor) : IComparable<PtxVersion>
{
    /// <summary>Last minor version of each major one, from 1 on, up to ptxas 13.0.</summary>
    private static readonly int[] LastMinor = [5, 3, 2, 3, 0, 5, 8, 8, 0];

    /// <summary>The newest that is known here.</summary>
    public static PtxVersion Newest { get; } = new(LastMinor.Length, LastMinor[^1]);

    /// <summary>Whether there is such a version. ptxas 13 also takes 8.10, which was never announced.</summary>
    public bool IsKnown =>
        this == new PtxVersion(8, 10) || (Major >= 1 && Major <= LastMinor.Length && Minor >= 0 && Minor <= LastMinor[Major - 1]);

    /// <summary>Reads <c>8.0</c>, known or not.</summary>
    public static bool TryParse(string? text, out PtxVersion version)
    {
        version = default;
        if (text?.Split('.') is not [var before, var behind] || !Number(before, out int major) || !Number(behind, out int minor))
            return false;
        version = new PtxVersion(major, minor);
        return true;
    }

    /// <summary>The version with that number times ten, as tables have it: 78 is 7.8.</summary>
    public static PtxVersion OfTenths(int tenths) => new(tenths / 10, tenths % 10);

    /// <summary>The number times ten, as tables have it.</summary>
    public int Tenths => (Major * 10) + Minor;

    /// <inheritdoc/>
    public int CompareTo(PtxVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Whether this one comes before the other.</summary>
    public static bool operator <(PtxVersion a, PtxVersion b) => a.CompareTo(b) < 0;

    /// <summary>Whether this one comes after the other.</summary>
    public static bool operator >(PtxVersion a, PtxVersion b) => a.CompareTo(b) > 0;

    /// <summary>Whether this one comes before the other, or is it.</summary>
    public static bool operator <=(PtxVersion a, PtxVersion b) => a.CompareTo(b) <= 0;

    /// <summary>Whether this one comes after the other, or is it.</summary>
    public static bool operator >=(PtxVersion a, PtxVersion b) => a.CompareTo(b) >= 0;

    /// <summary>As .version has it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 2;
}
