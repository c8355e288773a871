using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Names of state spaces.</summary>
internal static class Spaces
{
    public static string NameOf(IrType pointer) => pointer switch
    {
        IrType.LocalPtr => "registers",
        IrType.SharedPtr => "shared",
        IrType.ConstPtr => "const",
        _ => "global",
    };
}
