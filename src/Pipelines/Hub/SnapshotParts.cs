using CogVideoX.Models.Configuration;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// Which files a model needs, by its <c>model_index.json</c>: a download that was interrupted looks like a model otherwise.
/// </summary>
internal static class SnapshotParts
{
    private static readonly string[] OtherWeights = [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf"];

    /// <summary>
    /// The files that are missing, from its root; empty also where a file is damaged, which is for whoever reads it to say.
    /// </summary>
    /// <param name="folder">A model, or a part of one.</param>
    public static IReadOnlyList<string> Missing(string folder)
    {
        if (!CachedSnapshot.Has(Path.Combine(folder, ModelIndex.FileName)))
            return [ModelIndex.FileName];
        try
        {
            var index = ModelIndex.Read(folder);
            bool known = ModelFolder.Knows(index.PipelineClass);
            return [.. index.Parts.Where(part => !part.IsNull).SelectMany(part => MissingOf(folder, part, known))];
        }
        catch (Exception exception) when (exception is ConfigException or SafetensorsException)
        {
            return [];
        }
    }

    private static IEnumerable<string> MissingOf(string folder, ModelPart part, bool known)
    {
        if (!known) // what other pipelines' parts consist of isn't known here
            return Directory.Exists(Path.Combine(folder, part.Name)) ? [] : [$"{part.Name}/"];
        return part.Name switch
        {
            "scheduler" => Without("scheduler_config.json"),
            "tokenizer" => Has("tokenizer.json") ? [] : Without("spiece.model"),
            "transformer" or "vae" or "text_encoder" => [.. Without("config.json"), .. WeightsMissing(folder, part)],
            _ => [],
        };

        bool Has(string file) => CachedSnapshot.Has(Path.Combine(folder, part.Name, file));

        IEnumerable<string> Without(string file) => Has(file) ? [] : [$"{part.Name}/{file}"];
    }

    private static IEnumerable<string> WeightsMissing(string folder, ModelPart part)
    {
        string of = Path.Combine(folder, part.Name), single = $"{part.WeightsName}.safetensors";
        string index = Path.Combine(of, $"{single}.index.json");
        if (CachedSnapshot.Has(index))
        {
            return SafetensorsIndex.Read(index).Shards
                .Where(shard => !CachedSnapshot.Has(Path.Combine(of, shard))).Select(shard => $"{part.Name}/{shard}");
        }
        bool has = Directory.Exists(of) && Directory.EnumerateFiles(of)
            .Any(file => OtherWeights.Contains(Path.GetExtension(file)) && CachedSnapshot.Has(file));
        return has ? [] : [$"{part.Name}/{single}"];
    }
}
