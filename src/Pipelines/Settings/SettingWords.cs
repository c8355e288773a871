using System.Text.RegularExpressions;

namespace CogVideoX.Pipelines;

/// <summary>
/// Enums as users say them: a sampler by its word in <see cref="SamplerTable"/>, other members by their names in small letters, with a
/// hyphen where a word follows a number (<c>bf16-amx</c>).
/// </summary>
internal static partial class SettingWords
{
    /// <summary>All words of an enum, in its order.</summary>
    public static IReadOnlyList<string> All(Type type) => [.. Enum.GetNames(type).Select(name => Of((Enum)Enum.Parse(type, name)))];

    /// <summary>The word of a member.</summary>
    public static string Of(Enum value)
    {
        string? known = value is SamplerKind kind ? SamplerTable.All.FirstOrDefault(entry => entry.Kind == kind)?.Word : null;
        return known ?? AfterNumber().Replace(value.ToString(), "-").ToLowerInvariant();
    }

    [GeneratedRegex("(?<=[0-9])(?=[A-Z])")]
    private static partial Regex AfterNumber();

    /// <summary>The member that a word stands for, in small or capital letters; null for no word of the enum. Numbers are none.</summary>
    public static object? Find(Type type, string word)
    {
        string? name = Array.Find(
            Enum.GetNames(type), name => string.Equals(Of((Enum)Enum.Parse(type, name)), word, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }
}
