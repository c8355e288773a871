using System.Runtime.InteropServices;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Lora;

/// <summary>Adapters made for a test.</summary>
internal static class LoraFiles
{
    private const int Rank = 2;

    /// <summary>A and B of a layer, with numbers like those of trained ones.</summary>
    public static TensorSource[] Random(string module, Shape weight)
    {
        var random = new Random(module.Length);
        Shape a = weight.With(0, Rank), b = weight.Rank == 2 ? [weight[0], Rank] : [weight[0], Rank, 1, 1];
        return [Numbers($"transformer.{module}.lora_A.weight", a), Numbers($"transformer.{module}.lora_B.weight", b)];

        TensorSource Numbers(string name, Shape shape) => Of(name, shape, _ => (random.NextSingle() - 0.5f) * 0.6f);
    }

    /// <summary>An F32 tensor.</summary>
    public static TensorSource Of(string name, Shape shape, Func<int, float> number) => EditedWeights.Of(
        name, DType.F32, shape, MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, (int)shape.Count).Select(number)]).ToArray());

    /// <summary>Writes an adapter with what its header keeps beside the tensors.</summary>
    public static void Write(string path, IEnumerable<TensorSource> tensors, params (string Key, string Value)[] header) =>
        SafetensorsWriter.Write(path, tensors, header.ToDictionary(entry => entry.Key, entry => entry.Value));

    /// <summary>Writes a file whose tensors have 8 numbers each, under such names.</summary>
    public static string WriteNames(string path, params string[] names)
    {
        Write(path, names.Select(name => Of(name, [4, 2], _ => 1)));
        return path;
    }
}
