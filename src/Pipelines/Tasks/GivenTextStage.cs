using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Embeddings that are given, in place of prompts that are encoded: there is no text encoder.</summary>
internal sealed class GivenTextStage : Stage
{
    public override string Name => GenerationStage.Encode;

    public override void Build(ModelParts parts) { }

    public override long WeightBytes(LoadedModel model) => 0;

    public override void Run(RunState state)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        TextEmbeddings given = state.Text!;
        Tensor prompt = ops.FromHost(given.Prompt, given.Shape);
        Tensor text = state.Settings.IsGuided ? ops.Concat(ops.FromHost(given.Negative, given.Shape), prompt, 0) : prompt;
        EncodedText.Hand(state, scope, ops.Cast(text, ops.ActivationType));
    }
}
