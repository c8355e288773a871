using System.Globalization;
using System.Text;
using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// A <see cref="LatentPreview"/> as JSON. Factors and bias are as in ComfyUI's <c>latent_formats</c>: a row a channel, colours −1 … 1.
/// </summary>
internal static class PreviewFile
{
    private const string Format = "cogvideox-preview";
    private const int Version = 1;
    private const double Largest = 1e6; // of a factor; trained maps have below 1
    private const double MostDecibels = 1000;

    /// <exception cref="ConfigException">It is missing, damaged, or for latents of other channels.</exception>
    public static LatentPreview Read(string path, int channels)
    {
        var file = ConfigFile.Read(path);
        file.Choice("format", absent: "", (Format, true));
        if (file.Int("version", 0, 0, int.MaxValue) != Version)
            throw file.Wrong("version", $"{Version}, the only one that is known here");
        if (file.Int("latent_channels", 0, 0, int.MaxValue) != channels)
            throw file.Wrong("latent_channels", $"{channels}, as the model's have");
        return new LatentPreview(
            file.DoubleRows("latent_rgb_factors", channels, LatentPreview.Colours, -Largest, Largest),
            file.Doubles("latent_rgb_bias", LatentPreview.Colours, -Largest, Largest),
            new PreviewFit(
                file.Double("r_squared", 0, -Largest, 1),
                file.Double("psnr", 0, -MostDecibels, MostDecibels),
                file.Int("fitted_latents", 0, 0, int.MaxValue)));
    }

    /// <exception cref="OutputException">It can't be written.</exception>
    public static void Write(string path, LatentPreview preview)
    {
        byte[] text = Encoding.UTF8.GetBytes(ToJson(preview));
        try
        {
            AtomicFile.Write(path, text.Length, stream => stream.Write(text));
        }
        catch (SafetensorsException exception)
        {
            throw new OutputException(exception.Message, inner: exception);
        }
    }

    // A channel on a line, which is how a matrix is read; nothing in it but numbers needs escaping.
    private static string ToJson(LatentPreview preview) => $$"""
        {
          "format": "{{Format}}",
          "version": {{Version}},
          "latent_channels": {{preview.Channels}},
          "latent_rgb_factors": [
            {{string.Join(",\n    ", preview.Factors.Select(Row))}}
          ],
          "latent_rgb_bias": {{Row(preview.Bias)}},
          "r_squared": {{Number(preview.Fit.RSquared)}},
          "psnr": {{Number(preview.Fit.Psnr)}},
          "fitted_latents": {{preview.Fit.Latents}}
        }

        """;

    private static string Row(IReadOnlyList<double> numbers) => $"[{string.Join(", ", numbers.Select(Number))}]";

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
