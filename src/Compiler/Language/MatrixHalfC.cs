using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>A lane's share of a 16×8 sum in f16: register i holds two neighbours of row l / 4 + 8·i.</summary>
[InlineArray(2)]
public struct MatrixHalfC
{
    private Half2 first;
}
