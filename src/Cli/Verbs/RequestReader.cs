using System.CommandLine;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>The request that a command line makes; with <c>--from</c>, the one that made a video, with the options given now on top.</summary>
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
        Sampler = CommonOptions.Choice<SamplerKind>(parsed.GetValue(options.Sampler)) ?? request.Sampler,
        Dtype = CommonOptions.Choice<NoiseDtype>(parsed.GetValue(options.Dtype)) ?? request.Dtype,
        MaxSequenceLength = parsed.GetValue(options.MaxSequenceLength) ?? request.MaxSequenceLength,
        VaeTiling = CommonOptions.Choice<TilingMode>(parsed.GetValue(options.VaeTiling)) ?? request.VaeTiling,
        InitLatents = parsed.GetValue(options.InitLatents) ?? request.InitLatents,
    };

    // The inverse of GenerationSettings.ToMetadata.
    private static (string Model, GenerationRequest Request) FromMetadata(GenerationMetadata metadata, string video)
    {
        try
        {
            IReadOnlyDictionary<string, JsonNode?> settings = metadata.Settings;
            var request = new GenerationRequest(metadata.Prompt)
            {
                NegativePrompt = metadata.NegativePrompt,
                Seed = metadata.Seed,
                Width = Get<int>("width"),
                Height = Get<int>("height"),
                Frames = Get<int>("frames"),
                Rate = FrameRate.Parse(Get<string>("fps")),
                Steps = Get<int>("steps"),
                GuidanceScale = Get<double>("guidance-scale"),
                DynamicGuidance = Get<bool>("dynamic-cfg"),
                Sampler = Named<SamplerKind>(Get<string>("sampler")),
                Dtype = Named<NoiseDtype>(Get<string>("dtype")),
                MaxSequenceLength = Get<int>("max-sequence-length"),
                VaeTiling = Named<TilingMode>(Get<string>("vae-tiling")),
                InitLatents = settings.TryGetValue("init-latents", out JsonNode? latents) ? latents?.GetValue<string>() : null,
            };
            return (BundledModel.Find(Get<string>("model")), request);

            T Get<T>(string name) => settings.TryGetValue(name, out JsonNode? node) && node is not null
                ? node.GetValue<T>()
                : throw new FormatException($"'{name}' is missing");
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new UsageException("--from", $"the settings in {video} can't be used: {exception.Message}.", exception);
        }
    }

    // Enum.Parse alone would take a number for a name.
    private static TEnum Named<TEnum>(string name) where TEnum : struct, Enum =>
        Enum.TryParse(name, ignoreCase: true, out TEnum value) && Enum.GetNames<TEnum>().Contains(name, StringComparer.OrdinalIgnoreCase)
            ? value
            : throw new FormatException($"'{name}' isn't one of {string.Join(", ", Enum.GetNames<TEnum>()).ToLowerInvariant()}");
}
