using System.Reflection.Metadata;

namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>One IL instruction.</summary>
/// <param name="Offset">where it begins</param> <param name="End">where the next one begins</param>
/// <param name="Operand">constant, bits of a float constant, token, index of a variable, or the offset that a branch goes to</param>
/// <param name="Targets">offsets that a switch goes to</param>
internal readonly record struct IlInstruction(int Offset, int End, ILOpCode OpCode, long Operand, int[]? Targets);
