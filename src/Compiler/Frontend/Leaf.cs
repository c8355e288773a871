using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>A scalar inside of a C# type.</summary>
/// <param name="Offset">bytes from the beginning</param>
/// <param name="Type">as it lies in memory; a pointer is GlobalPtr until its state space is known</param>
/// <param name="Name">path of fields, empty for a scalar itself</param>
/// <param name="IsReference">a <c>ref</c>, which has no state space until it is assigned</param>
internal readonly record struct Leaf(int Offset, MemoryType Type, string Name, bool IsReference = false)
{
    public bool IsPointer => Type == MemoryType.GlobalPtr;
}
