namespace CogVideoX.Pipelines.Media;

/// <summary>Of a picture or frame, in pixels.</summary>
public readonly record struct PixelSize(int Height, int Width)
{
    /// <summary>As people say it, width first: <c>720×480</c>.</summary>
    public override string ToString() => $"{Width}×{Height}";

    /// <summary>Each side rounded down to a multiple: what the reference makes of a picture where no size is given, with 8.</summary>
    public PixelSize RoundedDown(int multiple) => new(Height / multiple * multiple, Width / multiple * multiple);

    /// <summary>Bytes of a picture [H,W,3]; of sides that no picture has, the largest number.</summary>
    internal long Rgb24Bytes => Math.BigMul(Height, Width) is var pixels && pixels > long.MaxValue / 3 ? long.MaxValue : 3 * pixels;
}
