namespace CogVideoX.Ptx;

/// <summary>What of an instruction its form is told by.</summary>
/// <param name="Opcode">the word before the first point</param>
/// <param name="Suffixes">the words behind it, without their points</param>
/// <param name="Operands">how many there are</param>
public sealed record InstructionShape(string Opcode, IReadOnlyList<string> Suffixes, int Operands)
{
    /// <summary>What the suffixes don't show.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>The suffix that is the first, the second… type; null if there are fewer.</summary>
    public string? Type(int index)
    {
        foreach (string suffix in Suffixes)
        {
            if (InstructionForms.IsType(suffix) && index-- == 0)
                return suffix;
        }
        return null;
    }
}
