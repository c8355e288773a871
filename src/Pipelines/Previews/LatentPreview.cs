using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// What latents look like, nearly: the colour of a latent pixel as a linear map of its channels, RGB = factors·latent + bias. It stands
/// for the pixels and frames that the VAE makes of that latent, on average. <see cref="PreviewFitter"/> finds it for a checkpoint.
/// </summary>
public sealed class LatentPreview
{
    /// <summary>Its file in a checkpoint's folder.</summary>
    public const string FileName = "preview.json";

    internal const int Colours = 3;

    private readonly double[][] factors;
    private readonly double[] bias;

    /// <param name="factors">[C, 3]: red, green and blue of each channel of the sampler's latents; colours are −1 … 1.</param>
    /// <param name="bias">[3]: the colour where all latents are 0.</param>
    /// <param name="fit">How well it does.</param>
    internal LatentPreview(double[][] factors, double[] bias, PreviewFit fit) => (this.factors, this.bias, Fit) = (factors, bias, fit);

    /// <summary>How well it does on what it was fitted to.</summary>
    public PreviewFit Fit { get; }

    /// <summary>C: channels of the latents that it is for.</summary>
    public int Channels => factors.Length;

    /// <summary>[C, 3], for colours of −1 … 1</summary>
    public IReadOnlyList<IReadOnlyList<double>> Factors => factors;

    /// <summary>[3], for colours of −1 … 1</summary>
    public IReadOnlyList<double> Bias => bias;

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">Channels of the model's latents.</param>
    /// <exception cref="ModelException">It is missing, damaged, or of a model with other latents.</exception>
    public static LatentPreview Load(string path, int channels)
    {
        PathCheck.CheckArgument(path);
        return ModelException.Guard(() => PreviewFile.Read(path, channels));
    }

    /// <summary>Writes the file; one that exists is replaced once the new one is whole.</summary>
    /// <exception cref="OutputException">It can't be written; nothing is left behind.</exception>
    public void Save(string path)
    {
        if (PathCheck.Problem(path) is { } problem)
            throw new OutputException($"The preview's map can't be written: {problem}");
        PreviewFile.Write(path, this);
    }

    /// <summary>Latents as a small video: a frame of each latent frame, a pixel of each latent pixel.</summary>
    /// <param name="latents">As a sampler has them, [1, F, C, H, W].</param>
    /// <returns>[F, H, W, 3] in 0 … 1</returns>
    /// <exception cref="ArgumentException">Another number of channels.</exception>
    public VideoFrames Show(VideoLatents latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        Shape shape = latents.Shape;
        if (shape[2] != Channels)
            throw new ArgumentException($"Latents {shape} have {shape[2]} channels, this map is for {Channels}.", nameof(latents));
        int plane = shape[3] * shape[4];
        float[] pixels = new float[checked(shape[1] * plane * Colours)];
        for (int frame = 0; frame < shape[1]; frame++)
        {
            ReadOnlySpan<float> channels = latents.Values.Slice(frame * Channels * plane, Channels * plane);
            Span<float> picture = pixels.AsSpan(frame * plane * Colours, plane * Colours);
            for (int i = 0; i < picture.Length; i++)
                picture[i] = ColourOf(channels[(i / Colours)..], plane, i % Colours);
        }
        return new VideoFrames(pixels, shape[1], shape[3], shape[4]);
    }

    private float ColourOf(ReadOnlySpan<float> latent, int stride, int colour)
    {
        double sum = bias[colour];
        for (int channel = 0; channel < Channels; channel++)
            sum += factors[channel][colour] * latent[channel * stride];
        return (float)Math.Clamp(sum / 2 + 0.5, 0, 1);
    }
}
