namespace CogVideoX.Pipelines.Hub;

/// <summary>Where models are kept and come from: the environment variables that Hugging Face's own tools read.</summary>
internal sealed record HubSettings
{
    private static readonly string[] True = ["1", "ON", "YES", "TRUE"];

    /// <summary>The folder that has <c>models--OWNER--NAME</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The Hub's address, as given.</summary>
    public string Endpoint { get; init; } = "https://huggingface.co";

    /// <summary>What lets private and gated models be read; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether nothing may be asked over the network.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Those of this process.</summary>
    public static HubSettings OfProcess() => Read(Environment.GetEnvironmentVariable);

    /// <param name="variable">A variable's value; null or empty where it isn't set.</param>
    public static HubSettings Read(Func<string, string?> variable)
    {
        string home = Folder("HF_HOME") ?? Path.Combine(
            Folder("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "huggingface");
        var settings = new HubSettings
        {
            CacheFolder = Path.GetFullPath(Folder("HF_HUB_CACHE") ?? Folder("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Token = IsSet("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null
                : Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN")
                ?? TokenIn(Folder("HF_TOKEN_PATH") ?? Path.Combine(home, "token")),
            IsOffline = IsSet("HF_HUB_OFFLINE") || IsSet("TRANSFORMERS_OFFLINE"),
        };
        return Value("HF_ENDPOINT") is { } endpoint ? settings with { Endpoint = endpoint } : settings;

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        bool IsSet(string name) => True.Contains(Value(name), StringComparer.OrdinalIgnoreCase);

        string? Folder(string name) => Value(name) is { } path
            ? path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
                ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
                : path
            : null;
    }

    // As `hf auth login` and `huggingface-cli login` leave it.
    private static string? TokenIn(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // of another user: what needs no token works all the same, and what does will say so
        }
    }
}
