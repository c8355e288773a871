using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Reports;

/// <summary>A picture for plans and measurements of models that need one: what it shows changes neither.</summary>
internal static class BlankPicture
{
    private const int Size = 64;

    /// <summary>The request, with a black picture where the model needs one and there is none.</summary>
    public static GenerationRequest Into(GenerationRequest request, ModelFolder folder) =>
        folder.Transformer.TakesImage && request.Image is null
            ? request with { Image = new StillImage(new byte[3 * Size * Size], Size, Size) }
            : request;
}
