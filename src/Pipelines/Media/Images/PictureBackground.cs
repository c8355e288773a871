using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>The colour behind a transparent picture, 0 to 255 a channel.</summary>
public readonly record struct PictureBackground(byte Red, byte Green, byte Blue)
{
    public static PictureBackground Black => new(0, 0, 0);

    public static PictureBackground White => new(255, 255, 255);

    /// <summary>Reads six hexadecimal digits, with or without <c>#</c>: <c>FFFFFF</c> is white.</summary>
    /// <returns>Whether they are that.</returns>
    public static bool TryParse(string? text, out PictureBackground colour)
    {
        colour = default;
        if (text?.TrimStart('#') is not { Length: 6 } digits || text.Length > 7
            || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint rgb))
        {
            return false;
        }
        colour = new PictureBackground((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        return true;
    }

    /// <summary>Six hexadecimal digits.</summary>
    public override string ToString() => $"{Red:X2}{Green:X2}{Blue:X2}";
}
