using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Bytes of a Local that are always read and written whole (by each access that touches them): one SSA variable (a scalar of scalar
/// replacement).
/// </summary>
/// <param name="Offset">in the Local</param>
/// <param name="Type">how it is kept: small integers widened as that type says</param>
internal readonly record struct Piece(long Offset, MemoryType Type)
{
    public int Bytes => Type.Bytes;

    /// <summary>What is read before anything was written.</summary>
    public Constant Zero => new(Type.Register, 0);
}
