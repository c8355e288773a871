namespace CogVideoX.Compiler.Ir;

/// <summary>How a value lies in memory. Small integers are widened to <see cref="IrType.I32"/> when they are read.</summary>
internal enum MemoryType
{
    U8,
    S8,
    U16,
    S16,

    /// <summary>A 16-bit float, kept as <see cref="IrType.B16"/>.</summary>
    B16,
    I32,
    I64,
    F32,
    F64,
    LocalPtr,
    GlobalPtr,
    SharedPtr,
    ConstPtr,
    ThreadPtr,
}
