namespace CogVideoX.Emulator.Syntax;

/// <summary>One instruction as written (PTX ISA 4.3.2).</summary>
internal sealed class PtxInstruction(string opcode, IReadOnlyList<string> suffixes, IReadOnlyList<PtxOperand> operands, int line)
{
    public string Opcode { get; } = opcode;

    /// <summary>Suffixes without their dots.</summary>
    public IReadOnlyList<string> Suffixes { get; } = suffixes;

    public IReadOnlyList<PtxOperand> Operands { get; } = operands;

    public int Line { get; } = line;

    public PtxRegister? Guard { get; init; }

    public bool GuardInverted { get; init; }

    public SourceLocation Source { get; init; }

    /// <summary>Scope of names that it stands in, for its labels.</summary>
    public required NameScope Scope { get; init; }

    public override string ToString() => string.Join(".", Suffixes.Prepend(Opcode)) + " " + string.Join(", ", Operands);
}
