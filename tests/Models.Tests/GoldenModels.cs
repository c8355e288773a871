using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests;

/// <summary>The tiny checkpoints of tests/Goldens, built on a device.</summary>
internal static class GoldenModels
{
    public static ModelFolder Folder(string kind) => ModelFolder.Open(Golden.Path($"checkpoints/{kind}"));

    public static CogVideoXTransformer Transformer(Ops ops, string kind) => Transformer(ops, Folder(kind));

    public static CogVideoXTransformer Transformer(Ops ops, ModelFolder folder) =>
        Build(new WeightReader(ops, folder.OpenTransformer()), weights => new CogVideoXTransformer(weights, folder.Transformer));

    /// <summary>The same with adapters of tests/Goldens/lora.</summary>
    public static CogVideoXTransformer Transformer(Ops ops, string kind, IReadOnlyList<LoraAdapter> adapters, bool merge) =>
        Build(
            new WeightReader(ops, Folder(kind).OpenTransformer(), adapters, merge),
            weights => new CogVideoXTransformer(weights, Folder(kind).Transformer));

    /// <summary>An adapter of tests/Goldens/lora at a strength, on the layers of a checkpoint.</summary>
    public static LoraAdapter Lora(string path, double scale = 1, string kind = "5b", double? alpha = null) =>
        new(LoraFile.Open(Golden.Path($"lora/{path}"), alpha), scale, LoraTargets.Of(Folder(kind).Transformer));

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

    /// <summary>What a golden forward pass begins with; in the file, a picture's latents stand behind the noisy ones.</summary>
    public static (Tensor Latents, Conditions Conditions) Input(Ops ops, SafetensorsFile goldens, string size)
    {
        Tensor input = ops.Load(goldens, $"{size}.hidden_states");
        int channels = goldens[$"{size}.output"].Shape[2];
        bool hasImage = input.Shape[2] == 2 * channels;
        var conditions = new Conditions
        {
            Text = ops.Load(goldens, $"{size}.encoder_hidden_states"),
            ImageLatents = hasImage ? ops.Slice(input, 2, channels, channels) : default,
            Ofs = goldens.TryGet($"{size}.ofs", out Tensor ofs) ? ofs.ToFloats()[0] : null,
        };
        return (hasImage ? ops.Slice(input, 2, 0, channels) : input, conditions);
    }

    /// <summary>Golden timesteps, which are whole.</summary>
    public static double[] Timesteps(Tensor golden) => [.. golden.AsReadOnlySpan<int>().ToArray().Select(timestep => (double)timestep)];

    private static TModel Build<TModel>(WeightReader weights, Func<WeightReader, TModel> build)
    {
        TModel model = build(weights);
        weights.Finish();
        return model;
    }
}
