using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// What a request begins from, and so which task it is: refuses what the model can't begin from, and settles what belongs to the task.
/// </summary>
internal static class TaskInputs
{
    private const string ImageModels = "CogVideoX-5b-I2V and CogVideoX1.5-5B-I2V can";
    private const string TextModels = "CogVideoX-2b, CogVideoX-5b and CogVideoX1.5-5B can";

    /// <summary>The request with its task's settings, and with the size, count and rate of its video where it leaves them open.</summary>
    /// <exception cref="RequestException">Something that this model can't begin from, or a setting of another task.</exception>
    public static GenerationRequest Settle(GenerationRequest request, LoadedModel model) =>
        TextInputs.Settle(SettleBeginning(request, model), model.Folder);

    private static GenerationRequest SettleBeginning(GenerationRequest request, LoadedModel model)
    {
        if (request.Resume is { } state)
        {
            ResumeCheck.CheckModel(state, model);
            return ResumeCheck.Settle(request, state);
        }
        ModelFolder folder = model.Folder;
        CheckBeginning(request, folder.Transformer);
        CheckTaskOf(request);
        if (request.Image is not null)
            return WithImage(request, folder.Vae);
        return request.Video is { } video ? WithVideo(request, video) : request;
    }

    private static void CheckBeginning(GenerationRequest request, TransformerConfig transformer)
    {
        if (transformer.TakesImage && request.Video is not null)
        {
            throw new RequestException(
                nameof(request.Video), $"this model goes on from a picture; to make a video of another, {TextModels}.");
        }
        if (transformer.TakesImage && request.Image is null)
        {
            throw new RequestException(
                nameof(request.Image), $"this model goes on from a picture; give one, or take a model that needs none: {TextModels}.");
        }
        if (!transformer.TakesImage && request.Image is not null)
            throw new RequestException(nameof(request.Image), $"this model can't go on from a picture; {ImageModels}.");
        if (request.Video is not null && request.InitLatents is not null)
        {
            throw new RequestException(
                nameof(request.InitLatents), "a run begins from latents or from a video, not from both; leave one of them out.");
        }
    }

    private static void CheckTaskOf(GenerationRequest request)
    {
        if (request.Strength is not null && request.Video is null)
            throw new RequestException(nameof(request.Strength), "there is no video of which so much could be made anew; give one.");
        if (request.Fit is not null && request.Image is null && request.Video is null)
            throw new RequestException(nameof(request.Fit), "there is nothing to fit; give a picture or a video, or leave it out.");
        if (request.ImageLatentScale is not null && request.Image is null)
            throw new RequestException(nameof(request.ImageLatentScale), "there is no picture; give one, or leave it out.");
    }

    private static GenerationRequest WithImage(GenerationRequest request, VaeConfig vae) => request with
    {
        Fit = request.Fit ?? ImageFit.Crop,
        ImageLatentScale = request.ImageLatentScale ?? (vae.InvertScaleLatents ? 1 : vae.ScalingFactor),
    };

    private static GenerationRequest WithVideo(GenerationRequest request, VideoClip video)
    {
        if (request is { AnySize: true, Frames: null } && video.Count > SizeRules.LargestFrames)
        {
            throw new RequestException(
                nameof(request.Video),
                $"it has {video.Count} frames, and all of them are asked for; at most {SizeRules.LargestFrames} can be made. Leave "
                + $"{nameof(GenerationSettings)}.{nameof(request.AnySize)} out, or cut the video to {SizeRules.LargestFrames} frames.");
        }
        GenerationRequest settled = request with
        {
            Width = request.Width ?? video.Size.Width,
            Height = request.Height ?? video.Size.Height,
            Frames = request.Frames ?? video.Count,
            Rate = request.Rate ?? video.Rate,
            Strength = request.Strength ?? SamplingRules.DefaultStrength,
        };
        if ((settled.Width, settled.Height, settled.Frames) == (video.Size.Width, video.Size.Height, video.Count))
            return settled;
        throw new RequestException(
            nameof(request.Video),
            $"the video has {video.Count} frames of {video.Size}, and {settled.Frames} of {settled.Width}×{settled.Height} are asked for; "
            + "read it with the options of that size and count.");
    }
}
