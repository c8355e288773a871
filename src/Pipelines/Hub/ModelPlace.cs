namespace CogVideoX.Pipelines.Hub;

/// <summary>Where a model is that a user names by a folder, or by its name on the Hub. Nothing is downloaded here.</summary>
internal static class ModelPlace
{
    /// <summary>The folder. What exists goes before what a cache has under that name.</summary>
    /// <param name="model">A path, or a name such as <c>THUDM/CogVideoX-2b</c>, with <c>@REVISION</c> behind it or not.</param>
    /// <exception cref="HubException">The cache doesn't have it, or not all of it.</exception>
    public static string Find(string model) =>
        NameIn(model) is { } name ? HubCache.OfProcess().Find(name) : model;

    /// <summary>The name, where it is one; null for a path, be it there or not.</summary>
    public static ModelName? NameIn(string model) =>
        !Path.Exists(model) && ModelName.TryParse(model, out ModelName? name, out _) ? name : null;
}
