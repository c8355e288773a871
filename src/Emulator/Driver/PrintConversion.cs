namespace CogVideoX.Emulator.Driver;

/// <summary>One conversion of a format, such as %-8.3f.</summary>
/// <param name="Bytes">size of an integer</param>
internal readonly record struct PrintConversion(
    bool Left, bool Plus, bool Space, bool Alternate, bool Zero, int Width, int? Precision, int Bytes, char Kind)
{
    /// <summary>Most characters that a width or precision may ask for.</summary>
    public const int MostField = 1 << 16;

    /// <summary>The sign that a number begins with.</summary>
    public string Sign(bool isNegative) => isNegative ? "-" : Plus ? "+" : Space ? " " : "";

    /// <summary>Fills the field up: zeros stand between the prefix and the digits.</summary>
    public string Pad(string prefix, string body, bool withZeros = false)
    {
        int missing = Width - prefix.Length - body.Length;
        if (missing <= 0)
            return prefix + body;
        if (Left)
            return prefix + body + new string(' ', missing);
        return withZeros ? prefix + new string('0', missing) + body : new string(' ', missing) + prefix + body;
    }
}
