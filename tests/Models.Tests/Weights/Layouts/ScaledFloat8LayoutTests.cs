using System.Runtime.InteropServices;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

/// <summary>8-bit floats with scales: of any part, since only the endings of names tell.</summary>
public sealed class ScaledFloat8LayoutTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("encoder.block.0.layer.0.SelfAttention.q", "scale_weight")]
    [InlineData("encoder.block.0.layer.0.SelfAttention.q", "weight_scale")]
    [InlineData("transformer_blocks.0.attn1.to_q", "weight_scale")]
    public void NumbersAreMultipliedWithTheirScale(string layer, string ending)
    {
        string path = folder["w.safetensors"];
        byte[] codes = [0x38, 0x40, 0xB8, 0x00]; // 1, 2, −1, 0
        SafetensorsWriter.Write(path,
        [
            EditedWeights.Of($"{layer}.weight", DType.F8E4M3, [2, 2], codes),
            EditedWeights.Of($"{layer}.{ending}", DType.F32, [], MemoryMarshal.AsBytes<float>([0.5f]).ToArray()),
        ]);
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(path));
        Assert.Equal([$"{layer}.weight"], file.Names);
        Assert.Equal(DType.F8E4M3, file[$"{layer}.weight"].Type);
        Assert.Equal([0.5f, 1, -0.5f, 0], file[$"{layer}.weight"].ToFloats());
    }

    [Fact]
    public void WhatShouldBeAShortTextIsOne()
    {
        string path = folder["w.safetensors"];
        foreach ((DType type, int count) in new[] { (DType.F32, 4), (DType.U8, 5000) })
        {
            SafetensorsWriter.Write(path, [EditedWeights.Zeros("proj_out.comfy_quant", type, [count])]);
            string message = Assert.Throws<WeightException>(() => WeightLayouts.Translate(TensorFile.Open(path))).Message;
            Assert.Contains("'proj_out.comfy_quant' in ", message);
            Assert.Contains("it should be a short text, in U8", message);
        }
    }
}
