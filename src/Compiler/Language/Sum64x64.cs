using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// A thread's share of a 64×64 sum of wgmma in float. Element i of thread t of the warpgroup: row
/// 16·(t / 32) + (t mod 32) / 4 + 8·(i / 2 mod 2), column 8·(i / 4) + 2·(t mod 4) + i mod 2.
/// </summary>
[InlineArray(32)]
public struct Sum64x64
{
    private float first;
}
