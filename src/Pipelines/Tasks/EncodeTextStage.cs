using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Prompts to embeddings: with guidance the negative prompt, then the prompt.</summary>
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
        string[] prompts = PromptsOf(state.Settings);
        int length = state.Settings.MaxSequenceLength.Decided();
        int[] ids = [.. prompts.SelectMany(prompt => state.Model.Tokenizer.EncodePadded(prompt, length).Ids)];
        Tensor text = state.Parts.TextEncoder.Forward(
            ids, prompts.Length, (done, blocks) => state.Clock.At((double)done / blocks));
        FiniteCheck.Check(ops, text, "the text encoder's output");
        Tensor traced = ops.Cast(text, DType.F32);
        state.Trace?.AddEmbedding(traced.Rows(prompts.Length - 1, 1), negative: false);
        if (prompts.Length > 1)
            state.Trace?.AddEmbedding(traced.Rows(0, 1), negative: true);
        state.HandText(scope.Keep(text));
    }

    private static string[] PromptsOf(GenerationSettings settings) => settings.IsGuided
        ? [settings.NegativePrompt.Decided(), settings.Prompt.Decided()]
        : [settings.Prompt.Decided()];
}
