using System.Globalization;

namespace CogVideoX.Kernels.Tuning;

/// <summary>A card, as a table of tiles is kept for it: another card, or another driver's compiler, has times of its own.</summary>
/// <param name="Name">As its maker calls it.</param>
/// <param name="Architecture">Compute capability without its point.</param>
/// <param name="Driver">The CUDA version that the driver is for.</param>
/// <param name="IsPredicted">Whether the table's times were predicted for a card that wasn't there: no card reads such a table.</param>
internal sealed record TunedCard(string Name, int Architecture, string Driver, bool IsPredicted = false)
{
    private const int LongestSlug = 60;

    /// <summary>The name of its table's file.</summary>
    public string FileName => string.Create(
        CultureInfo.InvariantCulture, $"{(IsPredicted ? "predicted-" : "")}{Slug(Name)}-sm{Architecture}-{Slug(Driver)}.json");

    private static string Slug(string text) =>
        string.Concat(text.ToLowerInvariant().Take(LongestSlug).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
