using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Tells one model from another in the time that its headers take: SHA-256 of configs and tokenizer, of name, type, shape, first and last
/// bytes of each tensor (training changes every tensor everywhere), of adapters with their scales, and of the type that weights are
/// brought to.
/// </summary>
internal static class ModelFingerprint
{
    private const int SampleBytes = 64;

    /// <returns>64 hexadecimal digits</returns>
    public static string Of(ModelFolder folder, IEnumerable<WeightFiles> weights, LoadedLoras loras, WeightType type)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in folder.FilesThatDecide)
            Add(hash, File.ReadAllBytes(file));
        foreach (WeightFiles files in weights)
            Add(hash, files, []);
        Add(hash, loras.Merge ? "merged" : "beside");
        foreach (LoraAdapter adapter in loras.Adapters)
        {
            foreach (LoraModule module in adapter.Modules)
                Add(hash, FormattableString.Invariant($"{module.Name} {adapter.FactorOf(module):R}"));
            Add(hash, adapter.File.Weights, adapter.File.BaseWeights);
        }
        if (type != WeightType.Stored)
            Add(hash, type.ToString());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, WeightFiles files, IReadOnlyList<string> ignored)
    {
        foreach (string name in files.Names.Except(ignored).Order(StringComparer.Ordinal))
        {
            if (!files.TryGet(name, out Tensor tensor))
                continue;
            Add(hash, $"{name} {tensor.Type} {tensor.Shape}");
            if (tensor.IsScaled)
                Add(hash, tensor.FactorBytes);
            byte[] sample = new byte[Math.Min(SampleBytes, tensor.Bytes)];
            tensor.CopyTo(0, sample);
            Add(hash, sample);
            tensor.CopyTo(tensor.Bytes - sample.Length, sample);
            Add(hash, sample);
        }
    }

    private static void Add(IncrementalHash hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    // With its length, so that no two lists run together to the same bytes.
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
