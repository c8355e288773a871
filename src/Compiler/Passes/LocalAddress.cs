using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Where a LocalPtr points.</summary>
/// <param name="Local">the variable; null if it can be one of several</param>
/// <param name="Offset">bytes into it, when known</param>
internal readonly record struct LocalAddress(Instruction? Local, long? Offset)
{
    /// <summary>Several variables.</summary>
    public static LocalAddress Lost { get; }

    /// <summary>What is true of both.</summary>
    public LocalAddress Meet(LocalAddress other) =>
        this == other ? this : Local is not null && Local == other.Local ? new LocalAddress(Local, null) : Lost;
}
