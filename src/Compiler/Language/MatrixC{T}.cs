using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// A lane's share of a 16×8 sum with 32-bit elements. Element i of lane l: row l / 4 + 8·(i / 2), column 2·(l mod 4) + i mod 2.
/// </summary>
[InlineArray(4)]
public struct MatrixC<T>
    where T : unmanaged
{
    private T first;
}
