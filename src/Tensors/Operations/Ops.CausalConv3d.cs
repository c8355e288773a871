using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// A convolution over time, height and width that sees no later frame (CogVideoXCausalConv3d in diffusers'
    /// <c>autoencoder_kl_cogvideox.py</c>). Height and width are padded with zeros, (k − 1)/2 on each side. With kt = 1 it is a
    /// convolution of each frame, with 1×1×1 a linear layer of each pixel.
    /// </summary>
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="weight">[O, C, kt, kh, kw], or [O, C, kh, kw] for kt = 1</param>
    /// <param name="bias">[O]</param>
    /// <param name="history">[B, kt − 1, H, W, C]: the frames before the first; without them the first frame is repeated.</param>
    /// <param name="residual">[B, F, H', W', O], added to the result.</param>
    /// <param name="stride">Step in height and width.</param>
    /// <param name="padEnd">Pad one row and column after the last and none before, as CogVideoXDownsample3D does.</param>
    /// <returns>[B, F, H', W', O]</returns>
    /// <exception cref="TensorException">Shapes that don't fit each other, or a result without pixels.</exception>
    public unsafe Tensor CausalConv3d(
        Tensor x, Tensor weight, Tensor bias = default, Tensor history = default, Tensor residual = default,
        int stride = 1, bool padEnd = false)
    {
        const string Name = "causal_conv3d";
        VideoSize input = Video(x, Name, "x");
        Shape w = weight.Shape;
        Check(w.Rank is 4 or 5 && w.Count > 0, Name, $"the weight is {w}; it must be [O, C, kt, kh, kw] or [O, C, kh, kw].");
        Check(
            w[1] == input.Channels, Name, $"the weight {w} reads {w[1]} channels, x {x.Shape} has {input.Channels}; x is [B, F, H, W, C].");
        Check(stride > 0, Name, $"the stride {stride} must be at least 1.");
        var size = new ConvolutionSize(input, w[0], w.Rank == 5 ? w[2] : 1, w[-2], w[-1], stride, padEnd);
        VideoSize output = size.Output;
        Check(
            output.Height > 0 && output.Width > 0, Name, $"x {x.Shape} is smaller than one window of the weight {w}; give it more pixels.");
        Check(bias.IsNone || bias.Shape == [w[0]], Name, $"the bias is {Described(bias)}, the weight {w} needs [{w[0]}].");
        Shape before = x.Shape.With(1, size.KernelFrames - 1);
        Check(
            history.IsNone || history.Shape == before, Name,
            $"the history is {Described(history)}, x {x.Shape} and the weight {w} need {before}.");
        Shape result = [output.Batch, output.Frames, output.Height, output.Width, output.Channels];
        Check(
            residual.IsNone || residual.Shape == result, Name,
            $"the residual is {Described(residual)}, the result {result}; they must be equal.");

        Tensor y = Memory.Empty(result, x.Type);
        Run(new CausalConv3d(
            Operand(Name, x), size.KernelFrames == 1 ? default : Operand(Name, history), weight.Elements, bias.Elements,
            Operand(Name, residual), y.Elements, size));
        return y;
    }

    /// <summary>
    /// What the next chunk of a video needs of this one: the last <paramref name="frames"/> frames of <paramref name="history"/>
    /// (or of the first frame repeated) followed by <paramref name="x"/>.
    /// </summary>
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="history">[B, n, H, W, C] with n ≥ <paramref name="frames"/>, or none</param>
    /// <param name="frames">How many frames.</param>
    /// <returns>[B, frames, H, W, C], a copy</returns>
    /// <exception cref="TensorException">A history of another size, or too short.</exception>
    public Tensor ConvHistory(Tensor x, Tensor history, int frames)
    {
        const string Name = "conv_history";
        VideoSize size = Video(x, Name, "x");
        Check(frames >= 0, Name, $"{frames} frames can't be kept.");
        Check(
            history.IsNone || (history.Shape.Rank == 5 && history.Shape.With(1, size.Frames) == x.Shape && history.Shape[1] >= frames),
            Name, $"the history is {Described(history)}, x {x.Shape} needs {x.Shape.With(1, frames)} or more frames.");
        Tensor result = Memory.Empty(x.Shape.With(1, frames), x.Type);
        long frame = x.Shape.Product(2, 5);
        int own = Math.Min(frames, size.Frames), old = frames - own;
        for (long b = 0; b < size.Batch; b++)
        {
            long target = b * frames * frame;
            if (history.IsNone)
                CopyBlocks(x, b * size.Frames * frame, result, target, old, frame, 0, frame);
            else
                CopyBlocks(history, ((b + 1) * history.Shape[1] - old) * frame, result, target, 1, old * frame, 0, 0);
            CopyBlocks(x, ((b + 1) * size.Frames - own) * frame, result, target + old * frame, 1, own * frame, 0, 0);
        }
        return result;
    }

    private static VideoSize Video(Tensor x, string operation, string role)
    {
        Shape shape = x.Shape;
        Check(shape.Rank == 5 && shape.Count > 0, operation, $"{role} is {shape}; a video is [B, F, H, W, C] with no size 0.");
        return new VideoSize(shape[0], shape[1], shape[2], shape[3], shape[4]);
    }

    private static string Described(Tensor tensor) => tensor.IsNone ? "none" : tensor.Shape.ToString();
}
