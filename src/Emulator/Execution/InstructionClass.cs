namespace CogVideoX.Emulator;

/// <summary>Classes that instructions are counted by.</summary>
public enum InstructionClass
{
    Integer, Float, Convert, Move, Predicate, Control, Memory, Atomic, Warp, Barrier, AsyncCopy, Matrix, MatrixLoad, Other,
}
