namespace CogVideoX.Compiler.Language;

/// <summary>On a kernel: its entry's name in PTX. Without it the name is made from the type and its type arguments.</summary>
/// <param name="name">letters, digits and underscores</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class KernelNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
