using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>What a written transformer costs a video: a short run with it against one with the model's own, from the same noise.</summary>
internal static class ConversionPsnr
{
    private const string Property = nameof(ConversionRequest.Psnr);

    private static readonly GenerationRequest Short =
        new("a red circle moving left on a gray background") { Steps = 4, Frames = 9, Seed = 0 };

    /// <summary>Refuses what has no such run, before anything is written.</summary>
    /// <exception cref="RequestException">
    /// The input is no model's folder, or one that begins from a picture, or this machine can't run it.
    /// </exception>
    /// <exception cref="ConfigException">A config is damaged.</exception>
    /// <exception cref="ModelException">A model that can't be run.</exception>
    public static void Check(ConversionRequest request)
    {
        if (request.To.Form == ConversionForm.HuggingFace)
        {
            throw new RequestException(
                Property, $"it is for {nameof(ConversionRequest)}.{nameof(request.To)} {ConversionTarget.OneFileNames}; leave it out.");
        }
        if (!File.Exists(Path.Combine(request.Input, ModelIndex.FileName)))
        {
            throw new RequestException(
                Property, $"a run needs a whole model, and {request.Input} isn't the folder of one; name that, or leave it out.");
        }
        var model = ModelFolder.Open(request.Input);
        if (model.Transformer.TakesImage)
            throw new RequestException(Property, $"{request.Input} begins from a picture, and a run of it is from text; leave it out.");
        using CogVideoXPipeline pipeline = Open(request.Input, PartSources.None);
        pipeline.Plan(Short);
    }

    /// <summary>Decibels between the two videos, on the CPU; infinite where they are equal.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="transformer">The file that was written.</param>
    /// <param name="cancellation">Stops a run.</param>
    public static double Of(string model, string transformer, CancellationToken cancellation) => Psnr.Of(
        Run(model, PartSources.None, cancellation), Run(model, new PartSources { Transformer = transformer }, cancellation));

    private static VideoFrames Run(string model, PartSources parts, CancellationToken cancellation)
    {
        using CogVideoXPipeline pipeline = Open(model, parts);
        return pipeline.Generate(Short, cancellation: cancellation).Video;
    }

    private static CogVideoXPipeline Open(string model, PartSources parts) =>
        CogVideoXPipeline.Open(model, ComputeOptions.Default, parts: parts);
}
