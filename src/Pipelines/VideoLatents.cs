using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// The latents of a finished run, a hundredth of its frames in size: <see cref="VideoDecoder"/> makes the frames from them again.
/// </summary>
public sealed class VideoLatents
{
    private readonly float[] values;

    internal VideoLatents(float[] values, Shape shape) => (this.values, Shape) = (values, shape);

    /// <summary>[1, F, C, H, W]</summary>
    public Shape Shape { get; }

    /// <summary>The numbers in row-major order, as they stand before scaling and decoding.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>Writes the file that <see cref="VideoDecoder"/> and <see cref="GenerationRequest.InitLatents"/> take.</summary>
    /// <exception cref="OutputException">It can't be written; nothing is left behind.</exception>
    public void Save(string path)
    {
        if (PathCheck.Problem(path) is { } problem)
            throw new OutputException($"latents can't be written: {problem}");
        using Ops ops = Ops.OnCpu(threads: 1);
        LatentFile.Write(path, ops.FromHost(values, Shape));
    }
}
