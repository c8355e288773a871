using System.Runtime.InteropServices;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

public sealed class PrefixLayoutTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Theory]
    [InlineData("model.diffusion_model.", "patch_embed.proj.weight", "norm_final.bias")]
    [InlineData("transformer.", "patch_embed.proj.weight", "norm_final.bias")]
    [InlineData("model.diffusion_model.", "mixins.patch_embed.proj.weight", "transformer.final_layernorm.bias")]
    public void WhatIsBehindThePrefixIsSeenWithoutIt(string prefix, string patch, string other)
    {
        using ITensorFile file = Open(prefix + patch, prefix + other, "first_stage_model." + other);
        Assert.Equal([patch, other], file.Names.ToHashSet());
        Assert.True(file.TryDescribe(other, out TensorInfo info));
        Assert.Equal(new TensorInfo(DType.F32, [2, 3]), info);
        Assert.Equal([6, 7, 8, 9, 10, 11], file[other].ToFloats());
        Assert.False(file.TryGet(prefix + other, out _));
        Assert.False(file.TryDescribe("first_stage_model." + other, out _));
    }

    [Theory]
    [InlineData("patch_embed.proj.weight")]
    [InlineData("mixins.patch_embed.proj.weight")]
    [InlineData("shared.weight")]
    public void NamesWithoutPrefixStay(string name)
    {
        using ITensorFile file = Open(name, "a.b");
        Assert.IsType<SafetensorsFile>(file);
    }

    public void Dispose() => folder.Dispose();

    private static TensorSource Counted(string name, int first) => EditedWeights.Of(
        name, DType.F32, [2, 3], MemoryMarshal.AsBytes<float>([.. Enumerable.Range(first, 6).Select(number => (float)number)]).ToArray());

    private ITensorFile Open(params string[] names)
    {
        string path = folder["w.safetensors"];
        SafetensorsWriter.Write(path, [.. names.Select((name, i) => Counted(name, 6 * i))]);
        ITensorFile file = TensorFile.Open(path);
        return new PrefixLayout().Translate(file) ?? file;
    }
}
