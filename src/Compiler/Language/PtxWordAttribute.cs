namespace CogVideoX.Compiler.Language;

/// <summary>
/// On a member of an enum: what a parameter of that enum prints in the text of a <see cref="PtxAttribute"/>, such as <c>.acquire</c>. The
/// argument must be a constant where the method is called.
/// </summary>
/// <param name="word">may be empty</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class PtxWordAttribute(string word) : Attribute
{
    public string Word { get; } = word;

    /// <summary>Least architecture: 90 for sm_90.</summary>
    public int Architecture { get; init; }

    /// <summary>Least PTX ISA version, times ten.</summary>
    public int IsaVersion { get; init; }
}
