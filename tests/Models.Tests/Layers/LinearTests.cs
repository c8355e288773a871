using CogVideoX.Models.Layers;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Models.Tests.Weights.Lora;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Layers;

/// <summary>Linear layers with adapters beside their weight.</summary>
public sealed class LinearTests : IDisposable
{
    private const int Inputs = 16, Outputs = 24;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    // More rows than go at a time where an activation follows: they are those of the whole, and what precedes the activation never is.
    [Theory]
    [InlineData("cpu1")]
    [InlineData("cpu3")]
    [InlineData("apart")]
    public void AnActivationFollowsTheSumWhateverTheRows(string device)
    {
        const int Rows = 9001;
        using Ops ops = EachDevice.Open(device);
        LoraFiles.Write(
            folder["w.safetensors"],
            [LoraFiles.Of("layer.weight", [Outputs, Inputs], i => i % 7 - 3), LoraFiles.Of("layer.bias", [Outputs], i => 0.1f * i)]);
        LoraFiles.Write(folder["lora.safetensors"], LoraFiles.Random("layer", [Outputs, Inputs]));
        using LoraFile lora = LoraFile.Open(folder["lora.safetensors"]);
        using WeightFiles files = WeightFiles.OpenFile(folder["w.safetensors"]);
        var adapter = new LoraAdapter(lora, 0.5, new Dictionary<string, Shape> { ["layer"] = [Outputs, Inputs] });
        var layer = new Linear(new WeightReader(ops, files, [adapter], merge: false)["layer"], Inputs, Outputs);
        Tensor x = ops.FromHost([.. Enumerable.Range(0, Rows * Inputs).Select(i => MathF.Sin(i))], [1, Rows, Inputs]);
        using MemoryScope scope = ops.Scope();
        Tensor sum = layer.Forward(x);
        foreach (Activation activation in new[] { Activation.GeluTanh, Activation.Silu })
        {
            Tensor expected = activation == Activation.Silu ? ops.Silu(sum) : ops.Gelu(sum, tanh: true);
            long before = ops.Memory.LiveBytes;
            ops.Memory.ResetPeak();
            Tensor result = layer.Forward(x, activation);
            Assert.True(ops.Memory.PeakBytes - before < 2.7 * result.Bytes, "the result, and three parts of 4096 rows at most");
            Agree.With(expected, result, $"{activation}", 1e-6);
        }
    }
}
