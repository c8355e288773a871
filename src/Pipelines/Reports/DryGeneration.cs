using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>
/// All that a generation computes with an architecture at the size that it was made for, once where blocks are alike: a block of the text
/// encoder, an evaluation of the transformer, a decoding. For whoever wants to know at which shapes operations run.
/// </summary>
internal static class DryGeneration
{
    private const int Prompts = 2; // the negative one too

    /// <param name="preset">One of <see cref="RandomCheckpoint.Presets"/>.</param>
    /// <param name="ops">On a device that runs nothing and holds nothing.</param>
    public static void Run(string preset, Ops ops)
    {
        var files = new Preset(preset);
        TransformerConfig transformer = files.ReadTransformer();
        EncodeText(files.ReadTextEncoder(), transformer.MaxTextLength, ops);
        DryEvaluation evaluation = DryEvaluation.Run(preset, ops, _ => { });
        Decode(files.ReadVae(), evaluation.Latents, ops);
    }

    private static void EncodeText(T5Config config, int tokens, Ops ops)
    {
        using MemoryScope scope = ops.Scope();
        var encoder = new T5Encoder(new WeightReader(new WeightList(ops, ops.ActivationType)), config with { Layers = 1 });
        encoder.Forward(new int[Prompts * tokens], Prompts);
    }

    private static void Decode(VaeConfig config, Shape latents, Ops ops)
    {
        using MemoryScope scope = ops.Scope();
        var vae = new CogVideoXVae(new WeightReader(new WeightList(ops, ops.ActivationType)), config);
        vae.BuildDecoder();
        vae.Decode(ops.Memory.Empty(latents.With(0, 1), ops.ActivationType), _ => { });
    }
}
