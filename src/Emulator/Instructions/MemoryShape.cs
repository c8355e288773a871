using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>What a load or store moves, and how strongly.</summary>
/// <param name="Type">of one element</param> <param name="Count">elements: 1, 2, 4 or 8</param>
/// <param name="Ordered">.acquire of a load, .release of a store</param>
/// <param name="IsReadOnly">.nc: memory that the launch doesn't write</param>
internal sealed record MemoryShape(StateSpace Space, PtxType Type, int Count, Scope Scope, bool Ordered, bool IsReadOnly)
{
    public int Bytes { get; } = Type.Bytes() * Count;
}
