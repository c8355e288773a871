using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>A part of an address: value · scale bytes. A 32-bit value in a 64-bit address counts sign-extended.</summary>
/// <param name="Depth">loops that the value changes in</param>
internal readonly record struct AddressTerm(Value Value, long Scale, int Depth);
