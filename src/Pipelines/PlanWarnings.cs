using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;

namespace CogVideoX.Pipelines;

/// <summary>What the user of a request should know before it runs: what will look worse, and what has no effect.</summary>
internal static class PlanWarnings
{
    private const int ShownCharacters = 80, ShownWords = 8;
    private const string Worse = "expect a worse video.";

    /// <param name="settings">All decided.</param>
    /// <param name="model">What they are for.</param>
    /// <param name="given">Embeddings in place of a prompt, or null.</param>
    public static IReadOnlyList<string> Of(GenerationSettings settings, LoadedModel model, TextEmbeddings? given)
    {
        bool needsEncoder = given?.AreAllOf(settings) != true;
        var warnings = new List<string>(model.NotesOf(needsEncoder));
        if (given is null)
            AddPrompt(warnings, settings.Prompt.Decided(), "prompt", settings, model);
        if (settings.IsGuided && needsEncoder)
            AddPrompt(warnings, settings.NegativePrompt.Decided(), "negative prompt", settings, model);
        AddTraining(warnings, settings, model);
        AddSampler(warnings, settings, model);
        AddEffects(warnings, settings);
        return warnings;
    }

    private static void AddPrompt(List<string> warnings, string prompt, string name, GenerationSettings settings, LoadedModel model)
    {
        TokenizedPrompt tokens = model.Tokenizer.EncodePadded(prompt, settings.MaxSequenceLength.Decided());
        if (tokens.Truncated is { } cut)
        {
            warnings.Add(
                $"The {name} is longer than {settings.MaxSequenceLength} tokens; "
                + $"its last {cut.Length} characters are cut off: \"{Shortened(cut)}\"");
        }
        AddUnknown(warnings, prompt, name, model);
    }

    // A small vocabulary has pieces for single letters, so that no token of a strange word is unknown: its checkpoint lists the words.
    private static void AddUnknown(List<string> warnings, string prompt, string name, LoadedModel model)
    {
        VocabularyCoverage coverage = model.Tokenizer.Coverage(prompt);
        string words = List(coverage.UnknownWords);
        if (coverage.UnknownTokens > 0)
            warnings.Add($"{coverage.UnknownTokens} of {coverage.Tokens} tokens of the {name} are unknown to this model: {words}.");
        else if (model.Folder.Generation?.PromptWords is { } known && coverage.WordsOutside(known) is { Count: > 0 } outside)
            warnings.Add($"This model was trained on few words, and the {name} has others: {List(outside)}.");
    }

    private static string List(IReadOnlyList<string> words)
    {
        string shown = string.Join(", ", words.Take(ShownWords).Select(word => $"\"{Shortened(word)}\""));
        return words.Count > ShownWords ? $"{shown} and {words.Count - ShownWords} more" : shown;
    }

    private static void AddTraining(List<string> warnings, GenerationSettings settings, LoadedModel model)
    {
        TransformerConfig transformer = model.Folder.Transformer;
        if (settings.Frames > transformer.SampleFrames)
            warnings.Add($"{settings.Frames} frames are more than the {transformer.SampleFrames} that this model was trained for; {Worse}");
        if (settings.MaxSequenceLength != transformer.MaxTextLength)
        {
            warnings.Add(
                $"{settings.MaxSequenceLength} tokens of text aren't the {transformer.MaxTextLength} that this model was trained with; "
                + "what pads them takes part, so the video is another.");
        }
        FrameRule rule = model.Folder.FrameRule;
        if (!rule.Advises(settings.Frames.Decided()))
            warnings.Add($"{settings.Frames} isn't {rule.AdvisedGroup}·N + 1, as this model was trained; {Worse}");
        int compression = model.Folder.Vae.SpatialCompression;
        (int width, int height) = (transformer.SampleWidth * compression, transformer.SampleHeight * compression);
        if (settings.Width > width || settings.Height > height)
            warnings.Add($"{settings.Width}×{settings.Height} is beyond the {width}×{height} that this model was trained for; {Worse}");
    }

    private static void AddSampler(List<string> warnings, GenerationSettings settings, LoadedModel model)
    {
        SamplerTable sampler = SamplerTable.Of(settings.Sampler.Decided());
        bool beginsWithNoise = model.Folder.Scheduler.RescaleBetasZeroSnr && (settings.Strength ?? 1) == 1;
        if (!beginsWithNoise || settings.Steps >= sampler.FewestStepsFromZeroSnr)
            return;
        warnings.Add(
            $"The {sampler.Word} sampler is useless in {settings.Steps} steps where a run begins with noise alone, as this model's do: "
            + $"choose dpm++2m or unipc, or {sampler.FewestStepsFromZeroSnr} steps or more.");
    }

    private static void AddEffects(List<string> warnings, GenerationSettings settings)
    {
        if (settings.IsGuided)
            return;
        string off = FormattableString.Invariant($"guidance is off at a scale of {settings.GuidanceScale}");
        if (settings.GuidanceScale is > 0 and < 1)
            warnings.Add($"{char.ToUpperInvariant(off[0])}{off[1..]}, as at every scale up to 1.");
        if (settings.NegativePrompt is { Length: > 0 })
            warnings.Add($"The negative prompt has no effect: {off}.");
    }

    private static string Shortened(string text) => text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…";
}
