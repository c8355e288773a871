namespace CogVideoX.Compiler.Ir;

/// <summary>Facts about types.</summary>
internal static class IrTypes
{
    extension(IrType type)
    {
        public bool IsPointer => type >= IrType.LocalPtr;

        public bool IsInteger => type is IrType.I32 or IrType.I64;

        public bool IsFloat => type is IrType.F32 or IrType.F64;

        /// <summary>Width of the register; a predicate counts as one.</summary>
        public int Bits => type switch
        {
            IrType.Pred => 1,
            IrType.B16 => 16,
            IrType.I32 or IrType.F32 or IrType.SharedPtr => 32,
            _ => 64,
        };

        /// <summary>The integer type of the same width, in which addresses of this type are computed.</summary>
        public IrType Integer => type.Bits == 64 ? IrType.I64 : IrType.I32;
    }

    extension(MemoryType type)
    {
        public int Bytes => type switch
        {
            MemoryType.U8 or MemoryType.S8 => 1,
            MemoryType.U16 or MemoryType.S16 or MemoryType.B16 => 2,
            MemoryType.I32 or MemoryType.F32 or MemoryType.SharedPtr => 4,
            _ => 8,
        };

        /// <summary>The register that a value of this type is read into.</summary>
        public IrType Register => type switch
        {
            MemoryType.B16 => IrType.B16,
            MemoryType.I64 => IrType.I64,
            MemoryType.F32 => IrType.F32,
            MemoryType.F64 => IrType.F64,
            MemoryType.LocalPtr => IrType.LocalPtr,
            MemoryType.GlobalPtr => IrType.GlobalPtr,
            MemoryType.SharedPtr => IrType.SharedPtr,
            MemoryType.ConstPtr => IrType.ConstPtr,
            MemoryType.ThreadPtr => IrType.ThreadPtr,
            _ => IrType.I32,
        };
    }
}
