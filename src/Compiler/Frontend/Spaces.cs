using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Names of state spaces.</summary>
internal static class Spaces
{
    public static string NameOf(IrType pointer) => pointer switch
    {
        IrType.LocalPtr => "registers",
        IrType.SharedPtr => "shared",
        IrType.ConstPtr => "const",
        IrType.ThreadPtr => "local",
        _ => "global",
    };

    /// <summary>shared or global.</summary>
    public static string NamesOf(AddressSpaces spaces)
    {
        (AddressSpaces Space, string Name)[] all =
        [
            (AddressSpaces.Shared, "shared"), (AddressSpaces.Global, "global"), (AddressSpaces.Constant, "const"),
            (AddressSpaces.Local, "local"),
        ];
        string[] names = [.. all.Where(one => spaces.HasFlag(one.Space)).Select(one => one.Name)];
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    /// <summary>Whether an address of that kind can be in one of the spaces; registers have none.</summary>
    public static bool IsIn(IrType pointer, AddressSpaces spaces) => pointer switch
    {
        IrType.GlobalPtr => spaces.HasFlag(AddressSpaces.Global),
        IrType.SharedPtr => spaces.HasFlag(AddressSpaces.Shared),
        IrType.ConstPtr => spaces.HasFlag(AddressSpaces.Constant),
        IrType.ThreadPtr => spaces.HasFlag(AddressSpaces.Local),
        _ => false,
    };
}
