namespace CogVideoX.Compiler.Ir;

/// <summary>The registers that stand for a parameter (or the result) of a <c>[Ptx]</c> method: one for each scalar in it.</summary>
/// <param name="FirstOperand">first of the instruction's operands; -1 if it isn't read</param>
/// <param name="FirstResult">first of the instruction's results; -1 if it isn't written</param>
/// <param name="Count">scalars</param>
/// <param name="IsList">is printed in braces, and always as registers</param>
/// <param name="IsImmediate">must be a constant, and is printed as one</param>
/// <remarks>What is both read and written (<c>ref</c>) is one register on both sides: results are tied to operands, in order.</remarks>
internal sealed record PtxFormOperand(int FirstOperand, int FirstResult, int Count, bool IsList, bool IsImmediate);
