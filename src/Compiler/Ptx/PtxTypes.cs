using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>How PTX spells the types of the IR.</summary>
internal static class PtxTypes
{
    public static RegisterClass ClassOf(IrType type) => type switch
    {
        IrType.Pred => RegisterClass.Pred,
        IrType.B16 => RegisterClass.B16,
        IrType.I32 or IrType.SharedPtr => RegisterClass.B32,
        IrType.F32 => RegisterClass.F32,
        IrType.F64 => RegisterClass.F64,
        _ => RegisterClass.B64,
    };

    /// <summary>First letters of the class's registers.</summary>
    public static string Prefix(RegisterClass kind) => kind switch
    {
        RegisterClass.Pred => "%p",
        RegisterClass.B16 => "%h",
        RegisterClass.B32 => "%r",
        RegisterClass.B64 => "%rd",
        RegisterClass.F32 => "%f",
        _ => "%fd",
    };

    /// <summary>The type in .reg and mov.</summary>
    public static string Word(RegisterClass kind) => kind switch
    {
        RegisterClass.Pred => "pred",
        RegisterClass.B16 => "b16",
        RegisterClass.B32 => "b32",
        RegisterClass.B64 => "b64",
        RegisterClass.F32 => "f32",
        _ => "f64",
    };

    /// <summary>b16, b32, b64, pred.</summary>
    public static string Bits(IrType type) => type switch
    {
        IrType.Pred => "pred",
        IrType.B16 => "b16",
        _ => type.Bits == 64 ? "b64" : "b32",
    };

    /// <summary>f32, f64, or the integer type of the width with this sign.</summary>
    public static string Number(IrType type, bool isSigned = true) => type switch
    {
        IrType.F32 => "f32",
        IrType.F64 => "f64",
        _ => (isSigned, type.Bits) switch { (true, 64) => "s64", (true, _) => "s32", (false, 64) => "u64", _ => "u32" },
    };

    public static string Memory(MemoryType type) => type switch
    {
        MemoryType.U8 => "u8",
        MemoryType.S8 => "s8",
        MemoryType.U16 => "u16",
        MemoryType.S16 => "s16",
        MemoryType.B16 => "b16",
        MemoryType.I32 or MemoryType.SharedPtr => "u32",
        MemoryType.F32 => "f32",
        MemoryType.F64 => "f64",
        _ => "u64",
    };
}
