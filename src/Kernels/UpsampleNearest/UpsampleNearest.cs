using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// Every pixel doubled in height and width and, with <paramref name="time"/>, in time (CogVideoXUpsample3D in diffusers'
/// <c>upsampling.py</c>): of an odd number of frames above 1 the first stays single, one frame alone isn't doubled.
/// </summary>
/// <param name="x">[B, F, H, W, C]</param>
/// <param name="y">[B, F', 2H, 2W, C], F' = <see cref="ResultFrames"/></param>
internal readonly unsafe partial struct UpsampleNearest(
    Elements x, Elements y, VideoSize size, bool time) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements y = y;
    private readonly VideoSize size = size;
    private readonly bool time = time;

    /// <inheritdoc/>
    public static string Name => "upsample_nearest";

    /// <inheritdoc/>
    public double Flops => 0;

    /// <summary>How many frames come out.</summary>
    public static int ResultFrames(int frames, bool time) => !time || frames == 1 ? frames : 2 * frames - frames % 2;

    private VideoSize Result =>
        new(size.Batch, ResultFrames(size.Frames, time), checked(2 * size.Height), checked(2 * size.Width), size.Channels);

    // The pixel of the source under a pixel of the result.
    private long SourcePixel((int B, int F, int H, int W) at)
    {
        int frame = !time || size.Frames == 1 ? at.F : (at.F + size.Frames % 2) / 2;
        return (((long)at.B * size.Frames + frame) * size.Height + at.H / 2) * size.Width + at.W / 2;
    }
}
