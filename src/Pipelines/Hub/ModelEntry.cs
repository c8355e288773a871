using CogVideoX.Models.Configuration;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>A revision of a model in the cache, as lists show it.</summary>
/// <param name="Name">Such as <c>THUDM/CogVideoX-2b</c>.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Revisions">The branches and tags that are at it.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="Complete">Whether all is there that it needs.</param>
/// <param name="Runs">Whether it can be run here.</param>
/// <param name="Problem">Why not; null where it can.</param>
/// <param name="Path">Its folder.</param>
internal sealed record ModelEntry(
    string Name, string Commit, IReadOnlyList<string> Revisions, long Bytes, bool Complete, bool Runs, string? Problem, string Path)
{
    /// <summary>All that a cache has, by name and commit.</summary>
    public static IReadOnlyList<ModelEntry> All(HubCache cache) =>
    [
        .. cache.Models().SelectMany(name =>
        {
            IReadOnlyDictionary<string, string> refs = cache.Refs(name);
            return cache.Snapshots(name).Select(snapshot => Of(
                name, snapshot, [.. refs.Where(entry => entry.Value == snapshot.Commit).Select(entry => entry.Key)]));
        }),
    ];

    private static ModelEntry Of(ModelName name, CachedSnapshot snapshot, string[] revisions)
    {
        IReadOnlyList<string> missing = SnapshotParts.Missing(snapshot.Path);
        string? problem = snapshot.Files.Any(file => file.IsOutside) || (missing.Count > 0 && snapshot.Damage is not null) ? snapshot.Damage
            : missing is [ModelIndex.FileName] ? "no model in the layout of diffusers"
            : missing.Count > 0 ? $"incomplete: {Quoted.Names(missing)} missing"
            : ProblemOf(snapshot.Path);
        return new ModelEntry(
            name.Name, snapshot.Commit, revisions, snapshot.Bytes, missing.Count == 0, problem is null, problem, snapshot.Path);
    }

    // Configs alone are read: a list should come at once.
    private static string? ProblemOf(string folder)
    {
        try
        {
            var index = ModelIndex.Read(folder);
            if (!ModelFolder.Knows(index.PipelineClass))
                return $"the pipeline {index.PipelineClass} isn't supported";
            IReadOnlyList<string> reasons = ModelFolder.Open(folder).Unsupported();
            return reasons.Count == 0 ? null : string.Join("; ", reasons);
        }
        catch (Exception exception) when (exception is ConfigException or IOException)
        {
            return exception.Message;
        }
    }
}
