using CogVideoX.Models.Weights;

namespace CogVideoX.Pipelines;

/// <summary>"Did you mean".</summary>
internal static class Similar
{
    /// <returns>The word that the given one was probably meant to be, or null.</returns>
    public static string? To(string given, IEnumerable<string> words)
    {
        string? nearest = words.MinBy(word => EditDistance.Between(given, word));
        return nearest is not null && EditDistance.Between(given, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }
}
