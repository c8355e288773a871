namespace CogVideoX.Compiler.Language;

/// <summary>On a struct: its address is a multiple of this many bytes, so that it is read and written by one vector instruction.</summary>
/// <param name="bytes">a power of two</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class AlignedAttribute(int bytes) : Attribute
{
    public int Bytes { get; } = bytes;
}
