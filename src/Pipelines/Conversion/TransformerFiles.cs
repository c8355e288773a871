using System.Text;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>A transformer in one file, as programs other than diffusers take it.</summary>
internal static class TransformerFiles
{
    /// <summary>What ComfyUI's files have before the names of a model's tensors.</summary>
    public const string ComfyPrefix = "model.diffusion_model.";

    private const string Blocks = "transformer_blocks.", Output = "proj_out.weight", Weight = ".weight";
    private const int BlockElements = 32;   // of Q8_0 and of Q4_0
    private const float LargestFloat8 = 448;

    // github.com/Comfy-Org/ComfyUI, comfy/quant_ops.py: the bytes of LAYER.comfy_quant.
    private static readonly byte[] Format = Encoding.UTF8.GetBytes("""{"format": "float8_e4m3fn"}""");

    /// <summary><c>llama_ftype</c> of github.com/ggml-org/llama.cpp: what most of a file is.</summary>
    private static readonly Dictionary<DType, uint> FileTypes = new()
    {
        [DType.F16] = 1,
        [DType.Q4Blocks32] = 2,
        [DType.Q8Blocks32] = 7,
        [DType.BF16] = 32,
    };

    /// <summary>
    /// Matrices of blocks and the last one as 8-bit floats, with a factor each so that the largest number is the largest 8-bit float; all
    /// else BF16: <c>LAYER.weight</c>, <c>LAYER.weight_scale</c> F32 [], <c>LAYER.comfy_quant</c> U8.
    /// </summary>
    public static OutputFile Fp8(string name, PartTensors tensors)
    {
        var sources = new List<TensorSource>();
        foreach ((string key, string stored, TensorInfo info) in tensors.All)
        {
            string written = ComfyPrefix + key;
            if (!IsQuantised(key, info))
            {
                sources.Add(tensors.Of(written, stored, info.Type.IsKernelFloat || info.Type == DType.F64 ? DType.BF16 : info.Type));
                continue;
            }
            string layer = written[..^Weight.Length];
            var scale = new Lazy<float>(() => tensors.Largest(stored) is > 0 and var largest ? largest / LargestFloat8 : 1);
            sources.Add(tensors.Of(written, stored, DType.F8E4M3, () => scale.Value));
            sources.Add(new TensorSource(
                $"{layer}.weight_scale", DType.F32, [], (_, bytes) => BitConverter.TryWriteBytes(bytes, scale.Value)));
            sources.Add(new TensorSource($"{layer}.comfy_quant", DType.U8, [Format.Length], (first, bytes) =>
                Format.AsSpan((int)first, bytes.Length).CopyTo(bytes)));
        }
        return WeightShards.One(name, sources);
    }

    /// <summary>
    /// Matrices of a type, and F16 where their rows aren't whole blocks of it; what has one dimension is F32. Of Q8_0, a convolution lies
    /// flat, and its shape in the metadata.
    /// </summary>
    public static OutputFile Gguf(string name, PartTensors tensors, DType type, string architecture)
    {
        var metadata = new List<KeyValuePair<string, object>>
        {
            new("general.file_type", FileTypes[type]), new("general.quantization_version", 2u),
        };
        var sources = new List<TensorSource>();
        foreach ((string key, string stored, TensorInfo info) in tensors.All)
        {
            bool isWhole = info.Shape.Rank == 2 && info.Shape[1] % BlockElements == 0;
            bool isFlat = type == DType.Q8Blocks32 && info.Shape.Rank > 3 && info.Shape.Count % BlockElements == 0;
            if (isFlat)
                metadata.Add(new($"comfy.gguf.orig_shape.{key}", (int[])[.. info.Shape]));
            DType written = info.Shape.Rank < 2 ? DType.F32 : isWhole || isFlat || !type.IsBlocked ? type : DType.F16;
            Shape? shape = isFlat ? [(int)(info.Shape.Count / BlockElements), BlockElements] : null;
            sources.Add(tensors.Of(key, stored, written, shape: shape));
        }
        return new OutputFile(name, sources.Sum(source => source.Bytes), path => GgufWriter.Write(path, architecture, sources, metadata));
    }

    private static bool IsQuantised(string key, TensorInfo info) => info.Shape.Rank == 2
        && (key == Output || (key.StartsWith(Blocks, StringComparison.Ordinal) && key.EndsWith(Weight, StringComparison.Ordinal)));
}
