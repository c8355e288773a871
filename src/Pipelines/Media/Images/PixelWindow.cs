namespace CogVideoX.Pipelines.Media;

/// <summary>A part of a picture, in pixels from its top left corner.</summary>
internal readonly record struct PixelWindow(int Top, int Left, PixelSize Size)
{
    public static PixelWindow Whole(PixelSize size) => new(0, 0, size);
}
