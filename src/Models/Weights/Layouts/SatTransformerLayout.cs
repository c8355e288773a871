using System.Text.RegularExpressions;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// A transformer as the authors' own code (SAT) names it: queries, keys and values in one matrix, the modulation of both norms of a block
/// in another, norms of queries and keys in lists outside the layers. All else has another name and is the same.
/// </summary>
/// <remarks>Source: <c>tools/convert_weight_sat2hf.py</c> of zai-org/CogVideo.</remarks>
internal sealed partial class SatTransformerLayout : IWeightLayout
{
    private const string Patch = "mixins.patch_embed.proj.weight", Positions = "mixins.pos_embed.pos_embedding";

    private static readonly string[] QueryKeyValue = ["attn1.to_q", "attn1.to_k", "attn1.to_v"];

    // Shift, scale and gate of the video's attention and MLP, then of the text's; each norm has those of one of the two.
    private static readonly int[] AttentionParts = [0, 6], MlpParts = [3, 9];

    private static readonly Dictionary<string, string> Modules = new()
    {
        ["mixins.patch_embed.proj"] = "patch_embed.proj",
        ["mixins.patch_embed.text_proj"] = "patch_embed.text_proj",
        ["time_embed.0"] = "time_embedding.linear_1",
        ["time_embed.2"] = "time_embedding.linear_2",
        ["ofs_embed.0"] = "ofs_embedding.linear_1",
        ["ofs_embed.2"] = "ofs_embedding.linear_2",
        ["transformer.final_layernorm"] = "norm_final",
        ["mixins.final_layer.norm_final"] = "norm_out.norm",
        ["mixins.final_layer.adaLN_modulation.1"] = "norm_out.linear",
        ["mixins.final_layer.linear"] = "proj_out",
    };

    private static readonly Dictionary<string, string> LayerModules = new()
    {
        ["attention.dense"] = "attn1.to_out.0",
        ["input_layernorm"] = "norm1.norm",
        ["post_attention_layernorm"] = "norm2.norm",
        ["mlp.dense_h_to_4h"] = "ff.net.0.proj",
        ["mlp.dense_4h_to_h"] = "ff.net.2",
    };

    /// <summary>Tables that are computed.</summary>
    private static readonly string[] Tables =
        ["mixins.pos_embed.freqs_sin", "mixins.pos_embed.freqs_cos", "transformer.position_embeddings.weight"];

    public string Name => "names of the original training code (SAT)";

    public ITensorFile? Translate(ITensorFile file)
    {
        if (!file.TryDescribe(Patch, out TensorInfo patch))
            return null;
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            foreach ((string key, Translation translation) in Of(file, name, info, patch))
                TranslatedFile.Add(seen, key, translation, file);
        }
        return new TranslatedFile(file, seen);
    }

    private static IEnumerable<(string Key, Translation Translation)> Of(ITensorFile file, string name, TensorInfo info, TensorInfo patch)
    {
        if (Tables.Contains(name) || (name == Positions && !TakesImage(file, patch)))
            return [];
        if (name == Positions)
            return [("patch_embed.pos_embedding", Translation.Whole(name, info))];
        int dot = Math.Max(0, name.LastIndexOf('.'));
        (string module, string kind) = (name[..dot], name[dot..]);
        if (Modules.TryGetValue(module, out string? known))
            return [(known + kind, Translation.Whole(name, info))];
        if (LayerName().Match(module) is { Success: true } layer)
        {
            string block = $"transformer_blocks.{layer.Groups[1].Value}.", part = layer.Groups[2].Value;
            if (part == "attention.query_key_value")
                return QueryKeyValue.Select((key, i) => (block + key + kind, Parts(file, name, info, 3, 1, i)));
            if (LayerModules.TryGetValue(part, out known))
                return [(block + known + kind, Translation.Whole(name, info))];
        }
        if (ListName().Match(module) is { Success: true } list)
        {
            string block = $"transformer_blocks.{list.Groups[2].Value}.";
            return list.Groups[1].Value switch
            {
                "query_layernorm_list" => [(block + "attn1.norm_q" + kind, Translation.Whole(name, info))],
                "key_layernorm_list" => [(block + "attn1.norm_k" + kind, Translation.Whole(name, info))],
                _ =>
                [
                    (block + "norm1.linear" + kind, Parts(file, name, info, 12, 3, AttentionParts)),
                    (block + "norm2.linear" + kind, Parts(file, name, info, 12, 3, MlpParts)),
                ],
            };
        }
        return [(name, Translation.Whole(name, info))]; // whoever reads the weights says what is to be said of it
    }

    /// <summary>Of equal parts that lie one below the other, so many neighbours from each of the given ones on.</summary>
    private static Translation Parts(ITensorFile file, string name, TensorInfo info, int parts, int neighbours, params int[] first)
    {
        if (info.Shape.Rank == 0 || info.Shape[0] % parts != 0)
        {
            throw new WeightException(
                $"{Quoted.Name(name)} in {file.Path} has the shape {info.Shape}; its rows should be {parts} equal parts. "
                    + "Download the file again.");
        }
        int rows = info.Shape[0] / parts;
        return new Translation(
            info with { Shape = info.Shape.With(0, first.Length * neighbours * rows) },
            [.. first.Select(part => new StoredRows(name, part * rows, neighbours * rows))]);
    }

    // Version 1.0 learned its positions where it begins from a picture; elsewhere the same name is a table of sines, rounded.
    private static bool TakesImage(ITensorFile file, TensorInfo patch)
    {
        const string Last = "mixins.final_layer.linear.weight";
        if (!file.TryDescribe(Last, out TensorInfo last))
            throw new WeightException($"'{Last}' is missing from {file.Path}. Download the file again.");
        long outputs = last.Shape.Rank == 0 ? 0 : last.Shape[0], width = patch.Shape.Rank == 0 ? 0 : patch.Shape[0];
        return patch.Shape.Count == 2 * outputs * width;
    }

    [GeneratedRegex("^transformer\\.layers\\.([0-9]{1,4})\\.(.+)$")]
    private static partial Regex LayerName();

    [GeneratedRegex("^mixins\\.adaln_layer\\.(query_layernorm_list|key_layernorm_list|adaLN_modulations)\\.([0-9]{1,4})(?:\\.1)?$")]
    private static partial Regex ListName();
}
