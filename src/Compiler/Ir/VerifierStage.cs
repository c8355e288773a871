namespace CogVideoX.Compiler.Ir;

/// <summary>How far a function has come, which decides what may be in it.</summary>
internal enum VerifierStage
{
    /// <summary>From the frontend: a thread's variables are Locals, made in the entry. Loads and stores are of one value.</summary>
    Frontend,

    /// <summary>Every variable is a value: no Local and no LocalPtr is left.</summary>
    Ssa,

    /// <summary>As Ssa, and immediate operands are constants: what the PTX stage takes.</summary>
    Final,
}
