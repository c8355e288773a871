using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// Every pixel doubled in height and width and, with <paramref name="time"/>, in time (CogVideoXUpsample3D in diffusers'
    /// <c>upsampling.py</c>): of an odd number of frames above 1 the first stays single, one frame alone isn't doubled.
    /// </summary>
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="time">Double the frames too.</param>
    /// <returns>[B, F', 2H, 2W, C] with F' = 2F for even F, 2F − 1 for odd F, or F without <paramref name="time"/></returns>
    /// <exception cref="TensorException"><paramref name="x"/> isn't a video.</exception>
    public unsafe Tensor UpsampleNearest(Tensor x, bool time)
    {
        VideoSize size = Video(x, "upsample_nearest", "x");
        Check(
            Math.Max(size.Height, size.Width) <= int.MaxValue / 2 && (!time || size.Frames <= int.MaxValue / 2), "upsample_nearest",
            $"x {x.Shape} doubled is larger than a dimension may be.");
        int frames = Kernels.UpsampleNearest.ResultFrames(size.Frames, time);
        Tensor y = Memory.Empty([size.Batch, frames, 2 * size.Height, 2 * size.Width, size.Channels], x.Type);
        Run(new UpsampleNearest(Operand("upsample_nearest", x), y.Elements, size, time));
        return y;
    }
}
