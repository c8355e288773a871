using System.Buffers.Binary;
using System.Text.Json.Nodes;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>
/// A checkpoint of a released architecture in its full size that takes no room: its weights are holes in files, which is all that a plan
/// needs of them.
/// </summary>
internal static class SparseCheckpoint
{
    /// <summary>Writes it.</summary>
    /// <param name="preset">One of those of <see cref="RandomCheckpoint"/>.</param>
    /// <param name="folder">Where.</param>
    public static void Write(string preset, string folder)
    {
        new Preset(preset).WriteConfigs(folder);
        var model = ModelFolder.Open(folder);
        DType text = model.TextEncoder.StoredType switch
        {
            "float16" => DType.F16,
            "bfloat16" => DType.BF16,
            _ => DType.F32,
        };
        DType type = text == DType.F32 ? DType.BF16 : text; // CogVideoX 1.5: only the text encoder was released in fp32
        Write(folder, "transformer/diffusion_pytorch_model", type, weights => _ = new CogVideoXTransformer(weights, model.Transformer));
        Write(folder, "vae/diffusion_pytorch_model", type, weights => new CogVideoXVae(weights, model.Vae).Build());
        Write(folder, "text_encoder/model", text, weights => _ = new T5Encoder(weights, model.TextEncoder));
    }

    private static void Write(string folder, string name, DType type, Action<WeightReader> build)
    {
        using Ops ops = Ops.Planning();
        var list = new WeightList(ops, type);
        build(new WeightReader(list));
        var header = new JsonObject();
        long end = 0;
        foreach ((string key, Shape shape) in list.Shapes)
        {
            int[] sizes = [.. Enumerable.Range(0, shape.Rank).Select(i => shape[i])];
            long begin = end;
            end += type.BytesOf(shape.Count);
            header[key] = new JsonObject
            {
                ["dtype"] = type.Name,
                ["shape"] = new JsonArray([.. sizes.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(begin, end),
            };
        }
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString()), length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        using FileStream file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        file.Write(length);
        file.Write(text);
        file.SetLength(file.Length + end);
    }
}
