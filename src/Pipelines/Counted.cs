using System.Globalization;

namespace CogVideoX.Pipelines;

/// <summary>Numbers with the words that go with them.</summary>
internal static class Counted
{
    /// <summary><c>1 frame</c>, <c>2 frames</c>: for things whose plural ends in s.</summary>
    public static string Of(long count, string thing) =>
        $"{count.ToString(CultureInfo.InvariantCulture)} {thing}{(count == 1 ? "" : "s")}";
}
