using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Prompts to embeddings: with guidance the negative prompt, then the prompt, unless that is given as embeddings.</summary>
internal sealed class EncodeTextStage : Stage
{
    public override string Name => GenerationStage.Encode;

    public override void Build(ModelParts parts) => _ = parts.TextEncoder;

    public override void LetGo(ModelParts parts) => parts.CloseTextEncoder();

    public override long WeightBytes(LoadedModel model) => model.TextEncoderBytes;

    public override int Tokens(RunState state) => state.Settings.MaxSequenceLength.Decided();

    public override (string Property, string Remedy) Blame(GenerationSettings settings) =>
        (nameof(GenerationSettings.MaxSequenceLength), "Shorter prompts need less.");

    public override void Run(RunState state)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        string[] prompts = PromptsOf(state);
        int length = state.Settings.MaxSequenceLength.Decided();
        int[] ids = [.. prompts.SelectMany(prompt => state.Model.Tokenizer.EncodePadded(prompt, length).Ids)];
        Tensor text = ops.Cast(Encode(state, ids, prompts.Length), ops.ActivationType);
        if (state.Text is { } given)
            text = ops.Concat(text, ops.Cast(ops.FromHost(given.Prompt, given.Shape), text.Type), 0);
        EncodedText.Hand(state, scope, text);
    }

    // In the encoder's own type.
    private static Tensor Encode(RunState state, int[] ids, int batch)
    {
        Ops ops = state.Ops;
        using Ops.ActivationScope types = ops.ComputeIn(state.Parts.Types.TextEncoder);
        Tensor text = state.Parts.TextEncoder.Forward(ids, batch, (done, blocks) => state.Clock.At((double)done / blocks));
        FiniteCheck.Check(ops, text, "the text encoder's output");
        return text;
    }

    private static string[] PromptsOf(RunState state)
    {
        GenerationSettings settings = state.Settings;
        if (state.Text is not null)
            return [settings.NegativePrompt.Decided()];
        return settings.IsGuided ? [settings.NegativePrompt.Decided(), settings.Prompt.Decided()] : [settings.Prompt.Decided()];
    }
}
