using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// A lane's share of the right operand of mma.m16n8k16: 8 columns of 32 bytes. Lane l holds, in register i, column l / 4 and the 4 bytes
/// from 4·(l mod 4) + 16·i on.
/// </summary>
[InlineArray(2)]
public struct MatrixB<T>
    where T : unmanaged
{
    private uint first;
}
