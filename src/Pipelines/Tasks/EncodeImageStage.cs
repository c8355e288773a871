using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// A picture to the latents that the transformer sees beside the noisy ones: the picture's for the first frame, zeros for the others.
/// </summary>
internal sealed class EncodeImageStage : EncodeInputStage
{
    public override string Name => GenerationStage.Image;

    public override void Run(RunState state)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        (int height, int width) = (state.Settings.Height.Decided(), state.Settings.Width.Decided());
        int length = checked(3 * height * width);
        Tensor frame = ops.Fill(
            [1, 1, height, width, 3],
            (_, pixels) => state.Image!.FittedTo(new PixelSize(height, width), state.Settings.Fit.Decided()).CopySigned(pixels), length);
        state.Observer?.Invoke("preprocessed", frame);
        Tensor first = VaeSample.Draw(state, frame, state.Settings.ImageLatentScale.Decided());
        Shape latents = state.LatentShape;
        Tensor all = latents[1] == 1 ? first : ops.Concat(first, Zeros(ops, latents.With(1, latents[1] - 1)), 1);
        state.Observer?.Invoke("image_latents", all);
        state.HandImage(scope.Keep(all));
    }

    private static Tensor Zeros(Ops ops, Shape shape) => ops.Fill(shape, (_, numbers) => numbers.Clear());
}
