namespace CogVideoX.Compiler.Language;

/// <summary>The kernel's name in PTX, where the one made from the type's name isn't wanted.</summary>
/// <param name="name">letters, digits and underscores</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class KernelNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
