using CogVideoX.Fuzz.Mutation;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>GGUF files and files with scaled 8-bit floats or blocks, spoiled: opened, read whole, and a model made of them.</summary>
internal sealed class ForeignKind : IFuzzKind
{
    private static readonly string[] Files =
    [
        "gguf/small/small.gguf", "gguf/small/all-kinds.gguf", "gguf/small/nested-array.gguf", "gguf/small/alignment-8.gguf",
        "gguf/blocks.gguf", "gguf/t5q-mixed.gguf", "gguf/transformer-Q8_0.gguf", "single/scaled-fp8-new.safetensors",
        "single/scaled-fp8-metadata.safetensors", "single/q4_0-in-safetensors.safetensors",
    ];

    private readonly List<(string Name, Func<FuzzRandom, byte[]> Mutate)> files = [];
    private TransformerConfig? transformer;
    private T5Config? textEncoder;
    private string path = "";

    public string Name => "foreign";

    public void Prepare(string scratch)
    {
        path = Path.Combine(scratch, "weights");
        transformer = TransformerConfig.Read(Repository.Goldens("checkpoints/5b/transformer/config.json")) with { Layers = 1 };
        textEncoder = T5Config.Read(Repository.Goldens("foreign/gguf/t5q-config.json"));
        foreach (string file in Files)
        {
            byte[] bytes = File.ReadAllBytes(Repository.Goldens($"foreign/{file}"));
            files.Add((file, file.EndsWith(".gguf", StringComparison.Ordinal)
                ? new GgufMutator(bytes).Mutate
                : new SafetensorsMutator(bytes).Mutate));
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string name, Func<FuzzRandom, byte[]> mutate) = random.Pick(files);
        byte[] spoiled = mutate(random);
        string Describe() => $"{name} ({spoiled.Length} bytes):\n{Convert.ToHexString(spoiled.AsSpan(0, Math.Min(2048, spoiled.Length)))}";
        return new FuzzInput(Describe, () =>
        {
            File.WriteAllBytes(path, spoiled);
            ReadWhole();
            MakeModel(isText: name.Contains("t5", StringComparison.Ordinal));
            return null;
        });
    }

    public bool IsExpected(Exception exception) => exception is TensorFileException or WeightException;

    private void ReadWhole()
    {
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(path));
        foreach (string name in file.Names)
        {
            if (!file.TryGet(name, out Tensor tensor) || !file.TryDescribe(name, out TensorInfo info) || info.Shape != tensor.Shape)
                throw new InvalidOperationException($"'{name}' is listed, and isn't there as it is described.");
            if (tensor.Type.IsKernelFloat)
                tensor.ToFloats();
        }
        foreach (string key in file is GgufFile { Keys: var keys } ? keys : [])
        {
            var gguf = (GgufFile)file;
            gguf.TryGetInteger(key, out _);
            gguf.TryGetIntegers(key, out _);
            gguf.TryGetFloats(key, out _);
            gguf.TryGetTexts(key, out _);
        }
    }

    private void MakeModel(bool isText)
    {
        using Ops ops = Ops.OnCpu(1);
        using WeightFiles files = WeightFiles.OpenFile(path, WeightLayouts.Translate);
        var weights = new WeightReader(ops, files);
        if (isText)
            new T5Encoder(weights, textEncoder!).Forward([1, 2, 3], batch: 1);
        else
            _ = new CogVideoXTransformer(weights, transformer!);
        weights.Finish();
    }
}
