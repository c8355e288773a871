namespace CogVideoX.Emulator.Syntax;

/// <summary>An operand as written (PTX ISA 6).</summary>
internal sealed class PtxOperand(OperandKind kind, int line)
{
    public OperandKind Kind { get; } = kind;

    public int Line { get; } = line;

    /// <summary>Name of a special register, variable, function or label.</summary>
    public string Name { get; init; } = "";

    public PtxRegister? Register { get; init; }

    /// <summary>A variable that the name stands for; null for labels, functions and what isn't declared.</summary>
    public PtxVariable? Variable { get; init; }

    /// <summary>Value of an immediate; bits of the float or double if <see cref="Kind"/> is Real.</summary>
    public ulong Bits { get; init; }

    /// <summary>The bits are a float's.</summary>
    public bool Single { get; init; }

    /// <summary>Bytes added to a symbol or an address.</summary>
    public long Offset { get; init; }

    /// <summary>Written with '!': the predicate is inverted.</summary>
    public bool Inverted { get; init; }

    /// <summary>Part of a register that a video instruction picks, such as b0 or h10.</summary>
    public string? Selector { get; init; }

    /// <summary>Elements of a vector or the two of a pair a|b; an address's base, then its coordinates if it has some.</summary>
    public IReadOnlyList<PtxOperand> Parts { get; init; } = [];

    public override string ToString() => Kind switch
    {
        OperandKind.Register => Selector is null ? Register!.Name : $"{Register!.Name}.{Selector}",
        OperandKind.Integer => ((long)Bits).ToString(),
        OperandKind.Address => $"[{string.Join(", ", Parts)}{(Offset == 0 ? "" : $"+{Offset}")}]",
        OperandKind.Vector => $"{{{string.Join(", ", Parts)}}}",
        OperandKind.Pair => string.Join("|", Parts),
        OperandKind.Sink => "_",
        _ => Name,
    };
}
