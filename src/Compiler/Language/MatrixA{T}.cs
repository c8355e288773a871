using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// A lane's share of the left operand of mma.m16n8k16 (or m16n8k32 for bytes, m16n8k8 for tf32): 16 rows of 32 bytes. Lane l holds, in
/// register i, row l / 4 + 8·(i mod 2) and the 4 bytes from 4·(l mod 4) + 16·(i / 2) on.
/// </summary>
[InlineArray(4)]
public struct MatrixA<T>
    where T : unmanaged
{
    private uint first;
}
