using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>The colour behind a transparent picture, 0 to 255 a channel.</summary>
public readonly record struct PictureBackground(byte Red, byte Green, byte Blue)
{
    public static PictureBackground Black => new(0, 0, 0);

    public static PictureBackground White => new(255, 255, 255);

    /// <summary>Reads <c>black</c>, <c>white</c>, or six hexadecimal digits, <c>#RRGGBB</c> or <c>RRGGBB</c>.</summary>
    public static bool TryParse(string? text, out PictureBackground colour)
    {
        colour = string.Equals(text, "white", StringComparison.OrdinalIgnoreCase) ? White : Black;
        if (colour == White || string.Equals(text, "black", StringComparison.OrdinalIgnoreCase))
            return true;
        string digits = text?.TrimStart('#') ?? "";
        if (digits.Length != 6 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number))
            return false;
        colour = new PictureBackground((byte)(number >> 16), (byte)(number >> 8), (byte)number);
        return true;
    }

    /// <summary>Six hexadecimal digits.</summary>
    public override string ToString() => $"{Red:X2}{Green:X2}{Blue:X2}";
}
