namespace CogVideoX.Compiler.Ir;

/// <summary>What a register can hold. Signedness belongs to the operations.</summary>
internal enum IrType
{
    Pred,
    B16,
    I32,
    I64,
    F32,
    F64,

    /// <summary>Address in a thread's own variables: exists until they become registers.</summary>
    LocalPtr,

    /// <summary>64-bit address in .global.</summary>
    GlobalPtr,

    /// <summary>32-bit address in .shared.</summary>
    SharedPtr,

    /// <summary>64-bit address in .const.</summary>
    ConstPtr,

    /// <summary>64-bit address in .local: a thread's own array that is indexed by values nobody knows.</summary>
    ThreadPtr,
}
