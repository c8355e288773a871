using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Latents as values, a hundredth of a video's frames in size: what a run ended with, from which <see cref="VideoDecoder"/> makes the
/// frames again, or what another begins from (<see cref="GenerationRequest.InitLatents"/>).
/// </summary>
public sealed class VideoLatents
{
    private readonly float[] values;

    /// <param name="values">In row-major order, as they stand before scaling and decoding; not copied.</param>
    /// <param name="shape">[1, F, C, H, W]</param>
    /// <exception cref="ArgumentException">Another rank, other than one video, or another count of values.</exception>
    public VideoLatents(float[] values, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (shape.Rank != 5 || shape[0] != 1 || shape.Count != values.Length || values.Length == 0)
        {
            throw new ArgumentException(
                $"{values.Length} values {shape} are no latents of a video; [1, F, C, H, W] is needed.", nameof(shape));
        }
        (this.values, Shape) = (values, shape);
    }

    /// <summary>[1, F, C, H, W]</summary>
    public Shape Shape { get; }

    /// <summary>The numbers in row-major order, as they stand before scaling and decoding.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>Reads a file that <see cref="Save"/> or <see cref="GenerationFiles.SaveLatents"/> wrote.</summary>
    /// <param name="path">A safetensors file with <c>latents</c> F32 [1, F, C, H, W].</param>
    /// <exception cref="RequestException">No such file, or no such tensor in it, or numbers that aren't finite.</exception>
    public static VideoLatents Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return LatentFile.Read(nameof(path), path);
    }

    /// <summary>Writes the file that <see cref="Load"/> and <see cref="VideoDecoder"/> take.</summary>
    /// <exception cref="OutputException">It can't be written; nothing is left behind.</exception>
    public void Save(string path)
    {
        if (PathCheck.Problem(path) is { } problem)
            throw new OutputException($"Latents can't be written: {problem}");
        using Ops ops = Ops.OnCpu(threads: 1);
        LatentFile.Write(path, ops.FromHost(values, Shape));
    }

    internal static VideoLatents Of(Tensor latents) => new(latents.ToFloats(), latents.Shape);
}
