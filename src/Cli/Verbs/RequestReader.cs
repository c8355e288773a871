using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// The request that a command line makes; with <c>--from</c>, the one that made a video, with the options given now on top.
/// </summary>
internal static class RequestReader
{
    /// <returns>The folder of the checkpoint and the request; its prompt is empty where prompts come from a file.</returns>
    public static (string Model, GenerationRequest Request) Read(ParseResult parsed, GenerateOptions options)
    {
        var request = new GenerationRequest("");
        string model = BundledModel.Path;
        if (parsed.GetValue(options.From) is { } video)
            (model, request) = FromMetadata(CommonOptions.Metadata("--from", video), video);
        return (CommonOptions.CheckModel(parsed.GetValue(options.Model) ?? model), Overlay(request, parsed, options));
    }

    private static GenerationRequest Overlay(GenerationRequest request, ParseResult parsed, GenerateOptions options) => request with
    {
        Prompt = parsed.GetValue(options.Prompt) ?? request.Prompt,
        NegativePrompt = parsed.GetValue(options.NegativePrompt) ?? request.NegativePrompt,
        Seed = parsed.GetValue(options.Seed) ?? request.Seed,
        Width = parsed.GetValue(options.Width) ?? request.Width,
        Height = parsed.GetValue(options.Height) ?? request.Height,
        Frames = parsed.GetValue(options.Frames) ?? request.Frames,
        Rate = parsed.GetValue(options.Fps) is { } fps ? CommonOptions.Rate(fps) : request.Rate,
        Steps = parsed.GetValue(options.Steps) ?? request.Steps,
        GuidanceScale = parsed.GetValue(options.GuidanceScale) ?? request.GuidanceScale,
        DynamicGuidance = parsed.GetValue(options.DynamicCfg) is { } dynamic ? dynamic == "on" : request.DynamicGuidance,
        Sampler = CommonOptions.Choice<SamplerKind>(parsed, options.Sampler) ?? request.Sampler,
        Dtype = CommonOptions.Choice<NoiseDtype>(parsed, options.Dtype) ?? request.Dtype,
        MaxSequenceLength = parsed.GetValue(options.MaxSequenceLength) ?? request.MaxSequenceLength,
        VaeTiling = CommonOptions.Choice<TilingMode>(parsed, options.VaeTiling) ?? request.VaeTiling,
        InitLatents = parsed.GetValue(options.InitLatents) ?? request.InitLatents,
    };

    // The inverse of GenerationSettings.ToMetadata.
    private static (string Model, GenerationRequest Request) FromMetadata(GenerationMetadata metadata, string video)
    {
        try
        {
            var settings = new SettingsReader(metadata.Settings);
            var request = new GenerationRequest(metadata.Prompt)
            {
                NegativePrompt = metadata.NegativePrompt,
                Seed = metadata.Seed,
                Width = settings.Int("width"),
                Height = settings.Int("height"),
                Frames = settings.Int("frames"),
                Rate = settings.Rate("fps"),
                Steps = settings.Int("steps"),
                GuidanceScale = settings.Number("guidance-scale"),
                DynamicGuidance = settings.Flag("dynamic-cfg"),
                Sampler = settings.Named<SamplerKind>("sampler"),
                Dtype = settings.Named<NoiseDtype>("dtype"),
                MaxSequenceLength = settings.Int("max-sequence-length"),
                VaeTiling = settings.Named<TilingMode>("vae-tiling"),
                InitLatents = settings.TextOrNull("init-latents"),
            };
            return (BundledModel.Find(settings.Text("model")), request);
        }
        catch (FormatException exception)
        {
            throw new UsageException("--from", $"the settings in {video} can't be used: {exception.Message}.", exception);
        }
    }
}
