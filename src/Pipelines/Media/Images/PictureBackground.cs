namespace CogVideoX.Pipelines.Media;

/// <summary>The colour behind a transparent picture, 0 to 255 a channel.</summary>
public readonly record struct PictureBackground(byte Red, byte Green, byte Blue)
{
    public static PictureBackground Black => new(0, 0, 0);

    public static PictureBackground White => new(255, 255, 255);
}
