using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests;

/// <summary>The tiny checkpoints of tests/Goldens, built on a device.</summary>
internal static class GoldenModels
{
    public static ModelFolder Folder(string kind) => ModelFolder.Open(Golden.Path($"checkpoints/{kind}"));

    public static CogVideoXTransformer Transformer(Ops ops, string kind) =>
        Build(
            new WeightReader(ops, Folder(kind).OpenTransformer()), weights => new CogVideoXTransformer(weights, Folder(kind).Transformer));

    /// <summary>The same with adapters of tests/Goldens/lora.</summary>
    public static CogVideoXTransformer Transformer(Ops ops, string kind, IReadOnlyList<LoraAdapter> adapters, bool merge) =>
        Build(
            new WeightReader(ops, Folder(kind).OpenTransformer(), adapters, merge),
            weights => new CogVideoXTransformer(weights, Folder(kind).Transformer));

    /// <summary>An adapter of tests/Goldens/lora at a strength, on the layers of a checkpoint.</summary>
    public static LoraAdapter Lora(string path, double scale = 1, string kind = "5b") =>
        new(LoraFile.Open(Golden.Path($"lora/{path}")), scale, LoraTargets.Of(Folder(kind).Transformer));

    public static CogVideoXVae Vae(Ops ops, string kind) =>
        Build(new WeightReader(ops, Folder(kind).OpenVae()), weights =>
        {
            var vae = new CogVideoXVae(weights, Folder(kind).Vae);
            vae.Build();
            return vae;
        });

    public static T5Encoder TextEncoder(Ops ops, string kind) =>
        Build(new WeightReader(ops, Folder(kind).OpenTextEncoder()), weights => new T5Encoder(weights, Folder(kind).TextEncoder));

    /// <summary>Golden conditions: the text alone.</summary>
    public static Conditions Text(Tensor embedding) => new() { Text = embedding };

    /// <summary>Golden timesteps, which are whole.</summary>
    public static double[] Timesteps(Tensor golden) => [.. golden.AsReadOnlySpan<int>().ToArray().Select(timestep => (double)timestep)];

    private static TModel Build<TModel>(WeightReader weights, Func<WeightReader, TModel> build)
    {
        TModel model = build(weights);
        weights.Finish();
        return model;
    }
}
