using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// Half the frames: the means of neighbouring pairs. An odd number keeps its first frame as it is (CogVideoXDownsample3D in
/// diffusers' downsampling.py).
/// </summary>
/// <param name="x">[batch, frames, inner]</param>
/// <param name="y">[batch, ⌈frames/2⌉, inner]</param>
internal readonly unsafe partial struct AverageFramePairs(Elements x, Elements y, int batch, int frames, long inner) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements y = y;
    private readonly int batch = batch;
    private readonly int frames = frames;
    private readonly long inner = inner;

    /// <inheritdoc/>
    public static string Name => "average_frame_pairs";

    /// <inheritdoc/>
    public double Flops => 2.0 * batch * (frames / 2) * inner;

    private int Results => frames / 2 + frames % 2;

    // The frames that result i of batch item b is the mean of; twice the same where it is a copy.
    private (long First, long Second) Sources(int b, int i)
    {
        int odd = frames % 2;
        long first = (long)b * frames + (odd == 1 ? Math.Max(0, 2L * i - 1) : 2L * i);
        return (first * inner, (odd == 1 && i == 0 ? first : first + 1) * inner);
    }
}
