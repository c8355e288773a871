using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// A model's name on the Hub, <c>OWNER/NAME</c> (old ones have no owner), and a revision: a branch, a tag, or a whole commit. Checked by
/// the Hub's own rules, so that folders and addresses can be made of it.
/// </summary>
/// <param name="Name">Such as <c>THUDM/CogVideoX-2b</c>.</param>
/// <param name="Revision">Such as <c>main</c> or <c>refs/pr/7</c>.</param>
internal sealed partial record ModelName(string Name, string Revision)
{
    private const string Prefix = "models--", Main = "main", Rule = "a model's name is OWNER/NAME or OWNER/NAME@REVISION";
    private const int LongestName = 96, LongestRevision = 200;

    /// <summary>The folder that a cache has for it; <c>--</c> stands in no name.</summary>
    public string Folder => $"{Prefix}{Name.Replace("/", "--")}";

    /// <summary>Whether the revision is a commit, whose files never change.</summary>
    public bool IsCommit => Commit().IsMatch(Revision);

    /// <summary>As a command line takes it.</summary>
    public override string ToString() => Revision == Main ? Name : $"{Name}@{Revision}";

    /// <param name="text">The name.</param>
    /// <param name="name">It.</param>
    /// <param name="problem">What is wrong and what would be right; null where nothing is.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ModelName? name, [NotNullWhen(false)] out string? problem)
    {
        string[] parts = text.Split('@', 2);
        var read = new ModelName(parts[0], parts.Length == 2 ? parts[1] : Main);
        problem = read.Name switch
        {
            { Length: > LongestName } => $"it is longer than {LongestName} characters",
            { } given when !Pattern().IsMatch(given) => "it isn't OWNER/NAME, each of letters, digits, and '-', '_' or '.' within it",
            { } given when given.Contains("--") || given.Contains("..") => "it has '--' or '..' in it",
            { } given when given.EndsWith(".git", StringComparison.Ordinal) => "it ends with .git",
            _ => RevisionProblem(read.Revision),
        };
        problem = problem is null ? null : $"{Quoted.Name(text)} is no name of a model: {problem}; {Rule}";
        name = problem is null ? read : null;
        return name is not null;
    }

    /// <exception cref="HubException">It is no name.</exception>
    public static ModelName Parse(string text) =>
        TryParse(text, out ModelName? name, out string? problem) ? name : throw new HubException($"{problem}.");

    /// <summary>The model that a folder of a cache is for; null where it is for none.</summary>
    public static ModelName? OfFolder(string folder) =>
        folder.StartsWith(Prefix, StringComparison.Ordinal)
        && TryParse(folder[Prefix.Length..].Replace("--", "/"), out ModelName? name, out _) ? name : null;

    /// <summary>Whether a text is a whole commit.</summary>
    public static bool IsWholeCommit(string text) => Commit().IsMatch(text);

    // As git has it for branches and tags; they are names of files in a cache.
    private static string? RevisionProblem(string revision)
    {
        bool right = revision.Length <= LongestRevision && FileNames.Problem(revision) is null
            && RevisionPattern().IsMatch(revision) && !revision.Contains("..") && !revision.Contains("@{");
        return right ? null : $"{Quoted.Name(revision)} is no revision (a branch, a tag or a whole commit)";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(/[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)?\z")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A(?!\.)[A-Za-z0-9_.+=@-]+(/(?!\.)[A-Za-z0-9_.+=@-]+)*(?<!\.lock)\z")]
    private static partial Regex RevisionPattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
