using System.Runtime.InteropServices;
using System.Text.Json;
using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

/// <summary>
/// The checkpoints of tests/Goldens in SAT's layout: the files of the set where they are here (or all, where <c>COGVIDEOX_GOLDENS</c> names
/// the folder), else files of the same numbers under the names that <c>keys.json</c> has for them.
/// </summary>
internal static class SatGoldens
{
    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") is { } all ? Path.Combine(all, "foreign") : Golden.Path("foreign"), "sat");

    public static string States(string kind) => $"{kind}/transformer/1/mp_rank_00_model_states.pt";

    /// <summary>A release of a transformer.</summary>
    public static string Release(string kind, TempFolder temporary)
    {
        if (File.Exists(Path.Combine(Folder, States(kind))))
            return Path.Combine(Folder, kind);
        string states = temporary[States(kind)];
        Directory.CreateDirectory(Path.GetDirectoryName(states)!);
        File.WriteAllText(temporary[kind, "transformer", "latest"], "1");
        File.Copy(Path.Combine(Folder, kind, "model.yaml"), temporary[kind, "model.yaml"]);
        using WeightFiles weights = GoldenModels.Folder(kind).OpenTransformer();
        Write(states, weights, $"{kind}/keys.json", TypeOf(kind), "module.", kind == "2b"
            ? EditedWeights.Zeros("module.model.diffusion_model.mixins.pos_embed.pos_embedding", DType.F16, [1, 26 + 24, 128])
            : EditedWeights.Zeros("module.model.diffusion_model.mixins.pos_embed.freqs_sin", DType.F32, [2]));
        return temporary[kind];
    }

    /// <summary>The VAE of <c>checkpoints/5b</c>.</summary>
    public static string Vae(TempFolder temporary)
    {
        string original = Path.Combine(Folder, "vae", "3d-vae.pt");
        if (File.Exists(original))
            return original;
        using WeightFiles weights = GoldenModels.Folder("5b").OpenVae();
        Write(
            temporary["3d-vae.pt"], weights, "vae/keys.json", DType.F32, "state_dict.",
            EditedWeights.Zeros("state_dict.loss.discriminator.layers.0.conv1.bias", DType.F32, [2]));
        return temporary["3d-vae.pt"];
    }

    /// <summary>The config of a checkpoint with as many blocks as its SAT file has.</summary>
    public static TransformerConfig Config(string kind) =>
        GoldenModels.Folder(kind).Transformer with { Layers = Case(kind).GetProperty("num_layers").GetInt32() };

    public static DType TypeOf(string kind) => Case(kind).GetProperty("dtype").GetString() switch
    {
        "float16" => DType.F16,
        "bfloat16" => DType.BF16,
        _ => DType.F32,
    };

    /// <summary>The numbers of a tensor: learned positions are kept in double precision.</summary>
    public static float[] Floats(Tensor tensor) => tensor.Type == DType.F64
        ? [.. tensor.AsReadOnlySpan<double>().ToArray().Select(number => (float)number)]
        : tensor.ToFloats();

    /// <summary>Numbers as a file of that type has them, as bytes.</summary>
    public static byte[] Rounded(float[] numbers, DType type) => type == DType.F32
        ? MemoryMarshal.AsBytes<float>(numbers).ToArray()
        : type == DType.F16
            ? MemoryMarshal.AsBytes<Half>([.. numbers.Select(number => (Half)number)]).ToArray()
            : MemoryMarshal.AsBytes<ushort>([.. numbers.Select(Bf16.Round)]).ToArray();

    /// <summary>The output of a forward with a SAT file.</summary>
    public static SafetensorsFile Expected => SafetensorsFile.Open(Path.Combine(Folder, "expected.safetensors"));

    private static JsonElement Case(string kind)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "cases.json")));
        return json.RootElement.EnumerateArray().First(one => one.GetProperty("file").GetString() == "sat/" + States(kind)).Clone();
    }

    // What lies in several pieces is put together of them.
    private static void Write(string path, WeightFiles weights, string keys, DType type, string prefix, TensorSource extra)
    {
        var stored = new Dictionary<string, TensorSource> { [extra.Name] = extra };
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, keys)));
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            string[] place = entry.Value.GetString()!.Split(' ');
            Assert.True(weights.TryGet(entry.Name, out Tensor tensor));
            byte[] bytes = Rounded(Floats(tensor), type);
            int parts = place.Length == 1 ? 1 : place[1] == "rows" ? 3 : 12, rowsHere = tensor.Shape[0];
            int[] mine = place.Length == 1 ? [0]
                : place[1] == "rows" ? [int.Parse(place[2]) / rowsHere] : [.. place[2..].Select(number => int.Parse(number))];
            string name = prefix + place[0];
            Shape shape = tensor.Shape.With(0, rowsHere / mine.Length * parts);
            if (!stored.TryGetValue(name, out TensorSource? whole))
                stored[name] = whole = EditedWeights.Of(name, type, shape, new byte[type.BytesOf(shape.Count)]);
            byte[] all = EditedWeights.BytesOf(whole);
            int part = bytes.Length / mine.Length;
            for (int i = 0; i < mine.Length; i++)
                bytes.AsSpan(i * part, part).CopyTo(all.AsSpan(mine[i] * part));
            stored[name] = EditedWeights.Of(name, type, shape, all);
        }
        SafetensorsWriter.Write(path, stored.Values);
    }
}
