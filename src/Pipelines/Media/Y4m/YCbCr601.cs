namespace CogVideoX.Pipelines.Media;

/// <summary>
/// RGB to 8-bit limited-range YCbCr (ITU-R BT.601-7, 2.5.1 to 2.5.3): Y from 16 to 235, Cb and Cr from 16 to 240. Y4M has no field
/// for the matrix, and programs that aren't told (ffmpeg among them) take BT.601 for any size.
/// </summary>
internal static class YCbCr601
{
    private const float RedWeight = 0.299f, GreenWeight = 0.587f, BlueWeight = 0.114f;

    /// <param name="frame">[H,W,3] RGB in [0,1]; what lies outside is clamped</param> <param name="planes">[3,H,W] Y, Cb, Cr</param>
    public static void FromRgb(ReadOnlySpan<float> frame, Span<byte> planes)
    {
        int pixels = frame.Length / 3;
        for (int i = 0; i < pixels; i++)
        {
            float red = Math.Clamp(frame[3 * i], 0f, 1f);
            float green = Math.Clamp(frame[3 * i + 1], 0f, 1f);
            float blue = Math.Clamp(frame[3 * i + 2], 0f, 1f);
            float luma = RedWeight * red + GreenWeight * green + BlueWeight * blue;
            planes[i] = (byte)MathF.Round(16 + 219 * luma);
            planes[pixels + i] = (byte)MathF.Round(128 + 112 * (blue - luma) / (1 - BlueWeight));
            planes[2 * pixels + i] = (byte)MathF.Round(128 + 112 * (red - luma) / (1 - RedWeight));
        }
    }
}
