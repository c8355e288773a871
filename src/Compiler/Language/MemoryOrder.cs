namespace CogVideoX.Compiler.Language;

/// <summary>What an atomic operation orders besides itself (PTX ISA 8).</summary>
public enum MemoryOrder
{
    /// <summary>Nothing else.</summary>
    [PtxWord("")]
    Relaxed,

    /// <summary>What the thread does after it comes after it.</summary>
    [PtxWord(".acquire")]
    Acquire,

    /// <summary>What the thread did before it comes before it.</summary>
    [PtxWord(".release")]
    Release,

    /// <summary>Both.</summary>
    [PtxWord(".acq_rel")]
    AcquireRelease,
}
