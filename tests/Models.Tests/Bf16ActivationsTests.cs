using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.T5;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests;

/// <summary>
/// Weights and activations in bfloat16, as a card computes, or weights and the factors of products, as the CPU does: no farther from the
/// reference's fp32 than its own bfloat16 is.
/// </summary>
public sealed class Bf16ActivationsTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(EachDevice.WithBf16), MemberType = typeof(EachDevice))]
    public void Transformer(string device)
    {
        foreach (string kind in new[] { "2b", "5b", "5b-i2v", "1.5", "1.5-i2v" })
        {
            foreach (string size in kind == "5b-i2v" ? new[] { "native" } : ["native", "other"])
                RunTransformer(kind, size, device);
        }
    }

    [Theory]
    [MemberData(nameof(EachDevice.WithBf16), MemberType = typeof(EachDevice))]
    public void TextEncoder(string device)
    {
        using var folder = new TemporaryFolder();
        using Ops ops = EachDevice.OpenInBf16(device);
        using SafetensorsFile goldens = Golden.Open("t5/expected.safetensors");
        Tensor ids = goldens["ids.40"];
        T5Encoder encoder = GoldenModels.TextEncoder(ops, GoldenModels.InBf16("5b", folder));
        Tensor hidden = encoder.Forward(ids.AsReadOnlySpan<int>(), ids.Shape[0]);
        IsNoFarther("t5", hidden, goldens["hidden.40"], goldens["hidden_bf16.40"]);
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRunsWithBf16), MemberType = typeof(EachDevice))]
    public void VaeDecoder(string device)
    {
        using var folder = new TemporaryFolder();
        using Ops ops = EachDevice.OpenInBf16(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, GoldenModels.InBf16("5b", folder));
        Tensor frames = vae.Decode(ops.Permute(ops.Load(goldens, "decode.3.z"), [0, 2, 1, 3, 4]));
        IsNoFarther("vae", ops.Permute(frames, [0, 4, 1, 2, 3]), goldens["decode.3.y"], goldens["decode_bf16.3.y"]);
    }

    private void RunTransformer(string kind, string size, string device)
    {
        using var folder = new TemporaryFolder();
        using Ops ops = EachDevice.OpenInBf16(device);
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors");
        CogVideoXTransformer transformer = GoldenModels.Transformer(ops, GoldenModels.InBf16(kind, folder));
        (Tensor latents, Conditions conditions) = GoldenModels.Input(ops, goldens, size);
        conditions = conditions with { Text = ops.Cast(conditions.Text, ops.ActivationType) };
        Tensor velocity = transformer.Forward(latents, conditions, GoldenModels.Timesteps(goldens[$"{size}.timestep"]));
        IsNoFarther($"{kind} {size}", velocity, goldens[$"{size}.output"], goldens[$"{size}.output_bf16"]);
    }

    private void IsNoFarther(string name, Tensor actual, Tensor expected, Tensor referenceInBf16)
    {
        double error = Agree.RelativeError(actual.ToFloats(), expected.ToFloats());
        double allowed = Agree.RelativeError(referenceInBf16.ToFloats(), expected.ToFloats());
        output.WriteLine($"{name}: {error:E2} from fp32, the reference's own bf16 {allowed:E2}");
        Assert.True(error <= allowed, $"{name}: relative error {error:E2}, the reference's own bf16 has {allowed:E2}");
    }
}
