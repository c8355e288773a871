using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Four ints in registers.</summary>
[InlineArray(4)]
public struct Cells
{
    private int first;
}
