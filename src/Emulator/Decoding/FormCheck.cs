using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>What the tables of <see cref="InstructionForms"/> say of an instruction, before it is taken apart.</summary>
internal static class FormCheck
{
    /// <summary>Refuses what the module's target or version hasn't, and words of the name that stand elsewhere.</summary>
    /// <exception cref="PtxException">ptxas would refuse it.</exception>
    /// <exception cref="UnsupportedException">Whether ptxas would take it isn't known.</exception>
    public static void Require(InstructionDecoder d, PtxModule module)
    {
        PtxInstruction syntax = d.Syntax;
        foreach (PtxOperand operand in syntax.Operands)
        {
            if (operand.Kind == OperandKind.Special)
                module.Require(syntax.Line, operand.Name);
        }
        if (InstructionNames.Misplaced(syntax.Opcode, syntax.Suffixes) is { } word)
            throw d.Error($".{word} stands before the other suffixes");
        RequireOnce(d, syntax.Suffixes);
        var shape = new InstructionShape(syntax.Opcode, syntax.Suffixes, syntax.Operands.Count) { Properties = Properties(syntax) };
        if (InstructionForms.Missing(shape, module.Target, module.IsaVersion) is { } missing)
            throw d.Error(missing);
    }

    /// <summary>Whether ptxas takes a modifier that stands twice isn't known; types, layouts and spaces may.</summary>
    private static void RequireOnce(InstructionDecoder d, IReadOnlyList<string> suffixes)
    {
        for (int i = 1; i < suffixes.Count; i++)
        {
            string word = suffixes[i];
            if (word is "row" or "col" or "shared" or "shared::cta" or "shared::cluster" || InstructionForms.IsType(word))
                continue;
            for (int before = 0; before < i; before++)
            {
                if (suffixes[before] == word)
                    throw d.Unsupported($".{word} stands twice");
            }
        }
    }

    /// <summary>What a form's need depends on beside suffixes (the <c>+NAME</c> of <see cref="InstructionForm"/>).</summary>
    private static string[] Properties(PtxInstruction syntax) => (syntax.Opcode, syntax.Operands) switch
    {
        ("cp", _) when IsBulkLoadOfCta(syntax.Suffixes) => ["tocta"],
        ("cp", [_, _, _, { Register.Type: PtxType.Pred }, ..]) => ["ignore"],
        ("mbarrier", [{ Kind: OperandKind.Sink }, _, _, ..]) => ["sink", "count"],
        ("mbarrier", [{ Kind: OperandKind.Sink }, ..]) => ["sink"],
        ("mbarrier", [{ Kind: OperandKind.Address }, _, ..] or [_, _, _, ..]) => ["count"],
        _ => [],
    };

    private static bool IsBulkLoadOfCta(IReadOnlyList<string> suffixes) => suffixes.Contains("bulk")
        && suffixes.FirstOrDefault(s => s is "global" or "shared::cta" or "shared::cluster") == "shared::cta";
}
