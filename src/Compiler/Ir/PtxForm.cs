using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Ir;

/// <summary>Text of an instruction with the places of its operands, as a method's <see cref="PtxAttribute"/> and parameters give
/// it.</summary>
/// <param name="Text">as in the attribute, the words for types and spaces already filled in; {name} stands for an operand. {unique} and the
/// doubled braces are still there: they belong to the printer</param>
/// <param name="Operands">by name. Those that are read lie in the instruction's operands, those that are written in its results</param>
/// <param name="IsPure">depends on its operands alone</param>
/// <param name="Architecture">least compute capability times ten, such as 80 or 90</param>
/// <param name="IsArchitectureSpecific">needs the target's a-variant (sm_90a)</param>
/// <param name="IsaVersion">least PTX ISA version times ten, such as 70</param>
/// <param name="Declaration">what the module declares for it; empty for most</param>
internal sealed record PtxForm(
    string Text, IReadOnlyDictionary<string, PtxFormOperand> Operands, bool IsPure, int Architecture, bool IsArchitectureSpecific,
    int IsaVersion, string Declaration = "");
