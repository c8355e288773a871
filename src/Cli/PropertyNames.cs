using CogVideoX.Pipelines;

namespace CogVideoX.Cli;

/// <summary>The library speaks of properties of a request and parameters of methods; here stand their names on the command line.</summary>
internal static class PropertyNames
{
    private static readonly Dictionary<string, string> Options = new()
    {
        [nameof(GenerationRequest.Prompt)] = "prompt",
        [nameof(GenerationRequest.NegativePrompt)] = "--negative-prompt",
        [nameof(GenerationRequest.Seed)] = "--seed",
        [nameof(GenerationRequest.Width)] = "--width",
        [nameof(GenerationRequest.Height)] = "--height",
        [nameof(GenerationRequest.Frames)] = "--frames",
        [nameof(GenerationRequest.Rate)] = "--fps",
        [nameof(GenerationRequest.Steps)] = "--steps",
        [nameof(GenerationRequest.GuidanceScale)] = "--guidance-scale",
        [nameof(GenerationRequest.DynamicGuidance)] = "--dynamic-cfg",
        [nameof(GenerationRequest.Sampler)] = "--sampler",
        [nameof(GenerationRequest.Dtype)] = "--dtype",
        [nameof(GenerationRequest.MaxSequenceLength)] = "--max-sequence-length",
        [nameof(GenerationRequest.VaeTiling)] = "--vae-tiling",
        [nameof(GenerationRequest.InitLatents)] = "--init-latents",
        [nameof(GenerationRequest.SaveLatents)] = "--save-latents",
        [nameof(GenerationRequest.Trace)] = "--trace",
        ["file"] = "latents",       // VideoDecoder's
        ["preset"] = "--preset",    // RandomCheckpoint's
        ["folder"] = "--output",
        ["layers"] = "--layers",
    };

    /// <summary>The option or argument that a property is set by: <c>Width</c> is <c>--width</c>.</summary>
    public static string Of(string property) => Options.GetValueOrDefault(property, property);

    /// <summary>A message of the library in the words of the command line: properties that it names become options.</summary>
    public static string InWordsOfOptions(string message) =>
        Options.Aggregate(
            message, (text, name) => text.Replace($"{nameof(GenerationRequest)}.{name.Key}", name.Value, StringComparison.Ordinal));

    /// <summary>Every property that has a name here, for the test that holds the table and the options together.</summary>
    public static IReadOnlyDictionary<string, string> All => Options;
}
