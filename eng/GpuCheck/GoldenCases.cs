using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>What is compared with diffusers and PyTorch (tests/Goldens): operations, and the models of tiny checkpoints.</summary>
internal static class GoldenCases
{
    private const string Operations = "ops/ops", Vae = "vae/expected", Text = "t5/expected";

    public static IReadOnlyList<GoldenCase> All { get; } =
    [
        Operation("linear.y", Linear),
        Operation("attention.130x70x32.y", (ops, load) => SwapMiddle(ops, ops.Attention(
            SwapMiddle(ops, load("attention.130x70x32.q")), SwapMiddle(ops, load("attention.130x70x32.k")),
            SwapMiddle(ops, load("attention.130x70x32.v"))))),
        Operation("attention.33x33x48.y_bias_scale1", (ops, load) => SwapMiddle(ops, ops.Attention(
            SwapMiddle(ops, load("attention.33x33x48.q")), SwapMiddle(ops, load("attention.33x33x48.k")),
            SwapMiddle(ops, load("attention.33x33x48.v")), load("attention.33x33x48.bias"), scale: 1))),
        Operation("attention.large_logits.y", (ops, load) => SwapMiddle(ops, ops.Attention(
            SwapMiddle(ops, load("attention.large_logits.q")), SwapMiddle(ops, load("attention.large_logits.k")),
            SwapMiddle(ops, load("attention.large_logits.v"))))),
        Operation("conv3d.causal", (ops, load) => ChannelsSecond(ops, ops.CausalConv3d(
            ChannelsLast(ops, load("conv3d.x")), load("conv3d.w"), load("conv3d.b")))),
        Operation("groupnorm.g4", (ops, load) => ChannelsSecond(ops, ops.GroupNorm(
            ChannelsLast(ops, load("conv3d.x")), load("groupnorm.w"), load("groupnorm.b"), 4, 1e-6f, silu: false))),
        Operation("layernorm.eps1e-5", (ops, load) => ops.LayerNorm(load("norm.x"), load("norm.w"), load("norm.b"), 1e-5f)),
        Operation("layernorm.low_variance.eps1e-6", (ops, load) => ops.LayerNorm(
            load("norm.low_variance.x"), load("norm.w"), load("norm.b"), 1e-6f)),
        Operation("rmsnorm.eps1e-6", (ops, load) => ops.RmsNorm(load("norm.x"), load("norm.w"), 1e-6f)),
        Operation("rope_apply.y", (ops, load) => SwapMiddle(ops, ops.QkNormRope(
            SwapMiddle(ops, load("rope_apply.x")), default, default, 0, load("rope_apply.cos"), load("rope_apply.sin")))),
        Operation("silu", (ops, load) => ops.Silu(load("norm.x"))),
        Operation("gelu_tanh", (ops, load) => ops.Gelu(load("norm.x"), tanh: true)),
        Operation("gelu_erf", (ops, load) => ops.Gelu(load("norm.x"), tanh: false)),
        Operation("softmax", (ops, load) => ops.Softmax(load("norm.x"))),
        Operation("upsample3d.first_kept", (ops, load) => ChannelsSecond(ops, ops.UpsampleNearest(
            ChannelsLast(ops, load("upsample3d.x")), time: true))),
        new("text encoder, 12 tokens", (Text, "hidden.12"), EncodeText),
        new("transformer 2b", ("transformer/2b/expected", "native.output"), (ops, files) => Transform(ops, files, "2b")),
        new("transformer 5b", ("transformer/5b/expected", "native.output"), (ops, files) => Transform(ops, files, "5b")),
        new("VAE decode, 1 latent", (Vae, "decode.1.y"), (ops, files) => Decode(ops, files, 1)),
        new("VAE decode, 5 latents in two chunks", (Vae, "decode.5.y"), (ops, files) => Decode(ops, files, 5), IsLong: true),
        new("VAE encode, 9 frames: mean", (Vae, "encode.9.mean"), (ops, files) => Encode(ops, files, 9), IsLong: true),
    ];

    private static GoldenCase Operation(string name, Func<Ops, Func<string, Tensor>, Tensor> run) => new(
        name, (Operations, name), (ops, files) => run(ops, input => Load(ops, files, Operations, input)));

    // Activations enter as their type; what is F32 beside them may be.
    private static Tensor Load(Ops ops, GoldenFiles files, string file, string name)
    {
        Tensor stored = files[file, name];
        return ops.Cast(ops.FromHost(stored.ToFloats(), stored.Shape), ops.ActivationType);
    }

    private static Tensor Floats(Ops ops, GoldenFiles files, string file, string name) =>
        ops.FromHost(files[file, name].ToFloats(), files[file, name].Shape);

    private static Tensor Linear(Ops ops, Func<string, Tensor> load) => ops.Linear(load("linear.x"), load("linear.w"), load("linear.b"));

    private static Tensor EncodeText(Ops ops, GoldenFiles files)
    {
        ModelFolder folder = ModelFolder.Open(files.Checkpoint("5b"));
        var encoder = new T5Encoder(new WeightReader(ops, folder.OpenTextEncoder()), folder.TextEncoder);
        Tensor ids = files[Text, "ids.12"];
        return encoder.Forward(ids.AsReadOnlySpan<int>(), ids.Shape[0]);
    }

    private static Tensor Transform(Ops ops, GoldenFiles files, string kind)
    {
        ModelFolder folder = ModelFolder.Open(files.Checkpoint(kind));
        var transformer = new CogVideoXTransformer(new WeightReader(ops, folder.OpenTransformer()), folder.Transformer);
        string file = $"transformer/{kind}/expected";
        return transformer.Forward(
            Floats(ops, files, file, "native.hidden_states"),
            new Conditions { Text = Load(ops, files, file, "native.encoder_hidden_states") },
            [.. files[file, "native.timestep"].AsReadOnlySpan<int>().ToArray().Select(timestep => (double)timestep)]);
    }

    private static Tensor Decode(Ops ops, GoldenFiles files, int latents)
    {
        ModelFolder folder = ModelFolder.Open(files.Checkpoint("5b"));
        var vae = new CogVideoXVae(new WeightReader(ops, folder.OpenVae()), folder.Vae);
        Tensor z = ops.Permute(Floats(ops, files, Vae, $"decode.{latents}.z"), [0, 2, 1, 3, 4]);
        return ChannelsSecond(ops, vae.Decode(z));
    }

    private static Tensor Encode(Ops ops, GoldenFiles files, int frames)
    {
        ModelFolder folder = ModelFolder.Open(files.Checkpoint("5b"));
        var vae = new CogVideoXVae(new WeightReader(ops, folder.OpenVae()), folder.Vae);
        Tensor mean = vae.Encode(ChannelsLast(ops, Floats(ops, files, Vae, $"encode.{frames}.x"))).Mean;
        return ops.Permute(mean, [0, 2, 1, 3, 4]);
    }

    private static Tensor SwapMiddle(Ops ops, Tensor x) => ops.Permute(x, [0, 2, 1, 3]);

    private static Tensor ChannelsLast(Ops ops, Tensor x) => ops.Permute(x, [0, 2, 3, 4, 1]);

    private static Tensor ChannelsSecond(Ops ops, Tensor x) => ops.Permute(x, [0, 4, 1, 2, 3]);
}
