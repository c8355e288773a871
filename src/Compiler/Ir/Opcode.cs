namespace CogVideoX.Compiler.Ir;

/// <summary>
/// What an instruction does. Everything that has no spelling here is <see cref="Ptx"/>: text that the C# gave. Unless said otherwise,
/// operands and result have one type. The meaning is C#'s: integers wrap, a shift count is already masked, float to integer saturates
/// and NaN gives zero.
/// </summary>
internal enum Opcode
{
    // Integers (I32, I64); Add, Sub, Mul, Div, Neg also F32, F64, rounded to nearest even; And, Or, Xor, Not also Pred.
    Add, Sub, Mul, Neg,
    Div, DivU, Rem, RemU,
    And, Or, Xor, Not,

    /// <summary>Shifts: the count is I32 and below the width.</summary>
    Shl, Shr, ShrU,
    Min, MinU, Max, MaxU,

    /// <summary>a·b + c, low half. Made by address folding.</summary>
    Mad,

    /// <summary>I32·I32 → I64. Made by address folding.</summary>
    MulWide, MulWideU,

    /// <summary>I32·I32 + I64 → I64, or added to a 64-bit pointer. Made by address folding.</summary>
    MadWide, MadWideU,

    /// <summary>a, b → Pred; which comparison is <see cref="Instruction.Condition"/>.</summary>
    Compare,

    /// <summary>Pred, a, b → a or b.</summary>
    Select,

    /// <summary>I32 → I64; Pred → I32 (one or zero) is ZeroExtend; B16 → I32 is ZeroExtend.</summary>
    SignExtend, ZeroExtend,

    /// <summary>I64 → I32; I32 → B16.</summary>
    Truncate,

    /// <summary>Low 8 or 16 bits (<see cref="Instruction.Bits"/>) of an I32, widened again.</summary>
    SignExtendLow, ZeroExtendLow,

    /// <summary>I32 or I64 → F32 or F64, to nearest even.</summary>
    ToFloat, ToFloatU,

    /// <summary>F32 or F64 → I32 or I64, toward zero.</summary>
    ToInteger, ToIntegerU,

    /// <summary>F32 ↔ F64.</summary>
    ConvertFloat,

    /// <summary>The same bits: I32 ↔ F32, I64 ↔ F64, integer ↔ pointer of that width.</summary>
    Bitcast,

    /// <summary>pointer, offset in bytes (I32 for SharedPtr, else I64) → pointer.</summary>
    Offset,

    /// <summary>A thread's variable: size in bytes (I32, constant when it counts) → LocalPtr, zeroed.</summary>
    Local,

    /// <summary>Address of <see cref="Instruction.Variable"/>.</summary>
    VariableAddress,

    /// <summary>
    /// Value of the kernel's parameter <see cref="Instruction.Parameter"/>; for an opaque one its generic address (I64), for a struct its
    /// scalar of
    /// <see cref="Instruction.MemoryType"/> at <see cref="Instruction.ByteOffset"/>.
    /// </summary>
    Parameter,

    /// <summary>
    /// pointer → one value, or as many as there are results, that lie side by side at <see cref="Instruction.ByteOffset"/>.
    /// </summary>
    Load,

    /// <summary>pointer, values…</summary>
    Store,

    /// <summary>Text from a <see cref="Language.PtxAttribute"/>.</summary>
    Ptx,
}
