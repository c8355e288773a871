namespace CogVideoX.Pipelines.Media;

/// <summary>Frames as 8-bit pixels.</summary>
internal static class Rgb24
{
    /// <param name="frame">[3,H,W] in [0,1]; what lies outside is clamped</param> <param name="rgb">[H,W,3]</param>
    public static void FromPlanar(ReadOnlySpan<float> frame, Span<byte> rgb)
    {
        int pixels = frame.Length / 3;
        var red = frame[..pixels];
        var green = frame.Slice(pixels, pixels);
        var blue = frame.Slice(2 * pixels, pixels);
        for (int i = 0; i < pixels; i++)
        {
            rgb[3 * i] = ToByte(red[i]);
            rgb[3 * i + 1] = ToByte(green[i]);
            rgb[3 * i + 2] = ToByte(blue[i]);
        }
    }

    // Half to even, as numpy's (x * 255).round() in the reference.
    private static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0f, 1f) * 255f, MidpointRounding.ToEven);
}
