namespace CogVideoX.Compiler.Ir;

/// <summary>Memory with a name: static shared arrays, the dynamic shared array, module variables and constants.</summary>
/// <param name="Name">unique in the module</param>
/// <param name="Space">.shared, .global or .const</param>
/// <param name="Bytes">size; zero for the dynamic shared array</param>
/// <param name="Alignment">in bytes, a power of two</param>
/// <param name="Initial">first bytes of a module variable; null is zeros (and undefined for .shared)</param>
internal sealed record Variable(string Name, VariableSpace Space, int Bytes, int Alignment, byte[]? Initial = null)
{
    public bool IsDynamic => Space == VariableSpace.Shared && Bytes == 0;

    public IrType PointerType => Space switch
    {
        VariableSpace.Shared => IrType.SharedPtr,
        VariableSpace.Global => IrType.GlobalPtr,
        _ => IrType.ConstPtr,
    };
}
