namespace CogVideoX.Compiler.Language;

/// <summary>On a <c>ref</c> parameter of a <see cref="PtxAttribute"/> method: the instruction takes the address, not the value.</summary>
/// <param name="spaces">where it may lie; a place elsewhere is an error</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AddressAttribute(AddressSpaces spaces = AddressSpaces.Any) : Attribute
{
    public AddressSpaces Spaces { get; } = spaces;
}
