namespace CogVideoX.Compiler.Ir;

/// <summary>Memory with a name: static shared arrays, the dynamic shared array, module variables and constants.</summary>
/// <param name="Name">unique in the module</param>
/// <param name="Space">.shared, .global, .const or .local</param>
/// <param name="Bytes">size; zero for the dynamic shared array</param>
/// <param name="Alignment">in bytes, a power of two</param>
/// <param name="Initial">first bytes of a module variable; null is zeros (and undefined for .shared and .local)</param>
internal sealed record Variable(string Name, VariableSpace Space, int Bytes, int Alignment, byte[]? Initial = null)
{
    /// <summary>The C# that asks for it.</summary>
    public Location? Location { get; init; }

    /// <summary>Declared in the kernel, not in the module.</summary>
    public bool IsOfKernel => Space == VariableSpace.Local || (Space == VariableSpace.Shared && !IsDynamic);

    public bool IsDynamic => Space == VariableSpace.Shared && Bytes == 0;

    public IrType PointerType => Space switch
    {
        VariableSpace.Shared => IrType.SharedPtr,
        VariableSpace.Global => IrType.GlobalPtr,
        VariableSpace.Local => IrType.ThreadPtr,
        _ => IrType.ConstPtr,
    };
}
