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

    public static CogVideoXTransformer Transformer(Ops ops, string kind) => Transformer(ops, Folder(kind));

    public static CogVideoXTransformer Transformer(Ops ops, ModelFolder folder) =>
        Build(new WeightReader(ops, folder.OpenTransformer()), weights => new CogVideoXTransformer(weights, folder.Transformer));

    public static CogVideoXVae Vae(Ops ops, string kind) => Vae(ops, Folder(kind));

    public static CogVideoXVae Vae(Ops ops, ModelFolder folder) => Build(new WeightReader(ops, folder.OpenVae()), weights =>
    {
        var vae = new CogVideoXVae(weights, folder.Vae);
        vae.Build();
        return vae;
    });

    public static T5Encoder TextEncoder(Ops ops, string kind) => TextEncoder(ops, Folder(kind));

    public static T5Encoder TextEncoder(Ops ops, ModelFolder folder) =>
        Build(new WeightReader(ops, folder.OpenTextEncoder()), weights => new T5Encoder(weights, folder.TextEncoder));

    /// <summary>A tiny checkpoint as bfloat16.</summary>
    public static ModelFolder InBf16(string kind, TemporaryFolder folder) =>
        ModelFolder.Open(Bf16.CopyOf(Golden.Path($"checkpoints/{kind}"), folder));

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
