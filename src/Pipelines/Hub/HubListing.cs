using System.Text.Json;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// The Hub's answer about a model: its commit and its files (<c>siblings</c>). Names that could leave a folder are left out.
/// </summary>
internal static class HubListing
{
    /// <param name="name">What was asked for.</param>
    /// <param name="json">The answer.</param>
    /// <param name="mostFiles">The most that are read.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static HubModel Read(ModelName name, JsonElement json, int mostFiles)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("isn't a JSON object");
        if (Text(json, "sha") is not { } commit || !ModelName.IsWholeCommit(commit))
            throw new FormatException("names no commit in 'sha'");
        if (!json.TryGetProperty("siblings", out JsonElement siblings) || siblings.ValueKind != JsonValueKind.Array)
            throw new FormatException("has no list 'siblings'");
        if (siblings.GetArrayLength() > mostFiles)
            throw new FormatException($"lists more than {mostFiles} files");
        var files = new Dictionary<string, HubFile>();
        foreach (JsonElement entry in siblings.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && ReadFile(entry) is { } file && FileNames.Problem(file.Name) is null)
                files[file.Name] = file;
        }
        return new HubModel(name, commit, [.. files.Values]);
    }

    private static HubFile? ReadFile(JsonElement entry)
    {
        if (Text(entry, "rfilename") is not { } name)
            return null;
        string? checksum = Text(entry, "blobId");
        if (entry.TryGetProperty("lfs", out JsonElement large) && large.ValueKind == JsonValueKind.Object)
            checksum = Text(large, "sha256") ?? Text(large, "oid"); // the git blob is a pointer
        long? size = entry.TryGetProperty("size", out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long bytes) && bytes >= 0 ? bytes : null;
        return new HubFile(name, size, checksum is not null && BlobFile.IsName(checksum) ? checksum : null);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
