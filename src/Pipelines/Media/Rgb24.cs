namespace CogVideoX.Pipelines.Media;

/// <summary>Frames as 8-bit pixels.</summary>
internal static class Rgb24
{
    private static readonly float[] Signed = [.. Enumerable.Range(0, 256).Select(value => 2f * (value / 255f) - 1f)];

    /// <summary>As the reference prepares pictures for the VAE: 2·(x / 255) − 1 in fp32, each step rounded.</summary>
    /// <param name="rgb">[H,W,3]</param> <param name="frame">[H,W,3] in [-1,1]</param>
    public static void ToSigned(ReadOnlySpan<byte> rgb, Span<float> frame)
    {
        for (int i = 0; i < rgb.Length; i++)
            frame[i] = Signed[rgb[i]];
    }

    /// <param name="rgb">[H,W,3]</param> <param name="frame">[H,W,3] in [0,1]</param>
    public static void ToUnit(ReadOnlySpan<byte> rgb, Span<float> frame)
    {
        for (int i = 0; i < rgb.Length; i++)
            frame[i] = rgb[i] / 255f;
    }

    /// <param name="frame">[H,W,3] in [0,1]; what lies outside is clamped</param> <param name="rgb">[H,W,3]</param>
    public static void FromUnit(ReadOnlySpan<float> frame, Span<byte> rgb)
    {
        for (int i = 0; i < frame.Length; i++)
            rgb[i] = ToByte(frame[i]);
    }

    // Half to even, as numpy's (x * 255).round() in the reference.
    private static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0f, 1f) * 255f, MidpointRounding.ToEven);
}
