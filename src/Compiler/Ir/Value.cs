namespace CogVideoX.Compiler.Ir;

/// <summary>Something an instruction can read: a constant, a result of an instruction, or a parameter of a block.</summary>
internal class Value(IrType type)
{
    public IrType Type { get; } = type;

    /// <summary>The instruction whose result this is; null for constants and parameters of blocks.</summary>
    public Instruction? Definition { get; set; }
}
