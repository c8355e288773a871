using System.Text.RegularExpressions;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// llama.cpp's names of a T5 encoder, as GGUF files have them (github.com/ggml-org/llama.cpp, <c>gguf-py/gguf/tensor_mapping.py</c>). What
/// else there is, such as a decoder, keeps its name.
/// </summary>
internal sealed partial class GgufT5Layout : IWeightLayout
{
    private const string Telling = "enc.blk.0.attn_q.weight";

    private static readonly Dictionary<string, string> OfBlock = new()
    {
        ["attn_q"] = "layer.0.SelfAttention.q",
        ["attn_k"] = "layer.0.SelfAttention.k",
        ["attn_v"] = "layer.0.SelfAttention.v",
        ["attn_o"] = "layer.0.SelfAttention.o",
        ["attn_rel_b"] = "layer.0.SelfAttention.relative_attention_bias",
        ["attn_norm"] = "layer.0.layer_norm",
        ["ffn_gate"] = "layer.1.DenseReluDense.wi_0",
        ["ffn_up"] = "layer.1.DenseReluDense.wi_1",
        ["ffn_down"] = "layer.1.DenseReluDense.wo",
        ["ffn_norm"] = "layer.1.layer_norm",
    };

    public string Name => "names of llama.cpp";

    public ITensorFile? Translate(ITensorFile file)
    {
        if (!file.TryDescribe(Telling, out _))
            return null;
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            if (!seen.TryAdd(Translated(name), Translation.Whole(name, info)))
                throw new WeightException($"{file.Path} has two tensors for {Quoted.Name(Translated(name))}. Download it again.");
        }
        return new TranslatedFile(file, seen);
    }

    private static string Translated(string name)
    {
        if (BlockName().Match(name) is { Success: true } match && OfBlock.TryGetValue(match.Groups["part"].Value, out string? part))
            return $"encoder.block.{match.Groups["block"].Value}.{part}.weight";
        return name switch
        {
            "token_embd.weight" => "shared.weight",
            "enc.output_norm.weight" => "encoder.final_layer_norm.weight",
            _ => name,
        };
    }

    [GeneratedRegex(@"^enc\.blk\.(?<block>[0-9]+)\.(?<part>[a-z_]+)\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex BlockName();
}
