using System.Text.Json;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Conversion;

namespace CogVideoX.Cli;

/// <summary>
/// The library speaks of properties and parameters; here they become options: <c>SaveLatents</c> is <c>--save-latents</c>.
/// </summary>
internal static class PropertyNames
{
    // Where the habit doesn't hold: the prompt is an argument, and these parameters of methods are set by options of other names.
    private static readonly Dictionary<string, string> Others = new()
    {
        [nameof(GenerationRequest.Prompt)] = "prompt",
        [nameof(GenerationSettings.BatchSize)] = "--generator",
        [nameof(GenerationSettings.BatchRow)] = "--generator",
        [nameof(ConversionRequest.Input)] = "in",
        ["file"] = "latents",       // VideoDecoder's
        ["folder"] = "--output",    // RandomCheckpoint's
        [nameof(LoraOptions.Adapters)] = "--lora",
        [nameof(LoraOptions.Merge)] = "--lora-merge",
        [nameof(LoraOptions.IgnoreUnmatched)] = "--lora-ignore-unmatched",
    };

    private static readonly string[] Owners =
    [
        nameof(GenerationRequest), nameof(GenerationSettings), nameof(GenerationFiles), nameof(LoraOptions), nameof(ComputeOptions),
        nameof(ConversionRequest),
    ];

    /// <summary>The option or argument that a property or parameter is set by: <c>Width</c> is <c>--width</c>.</summary>
    public static string Of(string property)
    {
        if (Others.TryGetValue(property, out string? other))
            return other;
        return GenerationSettings.All.FirstOrDefault(setting => setting.Property == property) is { } setting
            ? OptionOf(setting)
            : $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(property)}";
    }

    /// <summary>The option of a setting.</summary>
    public static string OptionOf(Setting setting) => $"--{setting.Name}";

    /// <summary>A message of the library in the words of the command line: properties that it names become options.</summary>
    public static string InWordsOfOptions(string message)
    {
        foreach (string owner in Owners)
        {
            for (int at; (at = message.IndexOf($"{owner}.", StringComparison.Ordinal)) >= 0;)
            {
                int start = at + owner.Length + 1, end = start;
                while (end < message.Length && char.IsLetter(message[end]))
                    end++;
                message = message[..at] + Of(message[start..end]) + message[end..];
            }
        }
        return message;
    }
}
