namespace CogVideoX.Emulator;

/// <summary>Counts of a launch. All are exact; none is a time.</summary>
/// <param name="WarpInstructions">warp instructions executed</param>
/// <param name="ThreadInstructions">the same, weighted by their active lanes</param>
/// <param name="ByClass">warp instructions by class</param>
/// <param name="Lines">instructions that touched memory, with their own counts</param>
/// <param name="GlobalBytes">bytes that threads moved from and to global memory</param>
/// <param name="AsyncBytes">bytes of cp.async, bulk and tensor copies</param>
/// <param name="MatrixMultiplies">mma and wgmma executed by a warp</param>
/// <param name="MatrixLoads">ldmatrix executed by a warp</param>
/// <param name="BarrierWaits">waits at barriers and mbarriers</param>
public sealed record LaunchCounters(
    long WarpInstructions, long ThreadInstructions, IReadOnlyDictionary<InstructionClass, long> ByClass, IReadOnlyList<LineCounters> Lines,
    long GlobalBytes, long SharedBytes, long LocalBytes, long AsyncBytes, long MatrixMultiplies, long MatrixLoads, long BarrierWaits)
{
    /// <summary>
    /// What the tensor cores did: floating-point operations (2·M·N·K), times the bits of an element over 16. Those of wgmma too.
    /// </summary>
    public long TensorWork { get; init; }

    /// <summary>The part of <see cref="TensorWork"/> that wgmma did.</summary>
    public long GroupTensorWork { get; init; }

    /// <summary>Warp instructions of the special function units: ex2, lg2, rcp, rsqrt, sqrt, sin, cos, tanh, div of floats.</summary>
    public long SpecialFunctions { get; init; }

    /// <summary>Warp instructions that only rename a register (mov): an assembler makes nothing of most of them.</summary>
    public long Renames { get; init; }

    /// <summary>The part of <see cref="AsyncBytes"/> that bulk and tensor copies moved.</summary>
    public long BulkBytes { get; init; }

    /// <summary>Sectors of 32 bytes of global memory that loads, stores and cp.async ask for; bulk and tensor copies not counted.</summary>
    public long Sectors => Lines.Sum(l => l.Sectors);

    /// <summary>PTX lines that were executed at least once.</summary>
    public IReadOnlySet<int> ExecutedLines { get; init; } = new HashSet<int>();

    /// <summary>Warp instructions in the innermost loops around an mma; 0 if there are none.</summary>
    public long MainLoopInstructions { get; init; }

    /// <summary>mma and wgmma in those loops.</summary>
    public long MainLoopMultiplies { get; init; }

    /// <summary>Instructions of those loops for each mma in them, itself included; 0 without such a loop.</summary>
    public double InstructionsPerMultiply => MainLoopMultiplies == 0 ? 0 : (double)MainLoopInstructions / MainLoopMultiplies;

    /// <summary>Passes over shared memory beyond the least, of all instructions.</summary>
    public long BankConflicts => Lines.Sum(l => l.BankConflicts);

    /// <summary>mma per ldmatrix; 0 if there is no ldmatrix.</summary>
    public double MultipliesPerLoad => MatrixLoads == 0 ? 0 : (double)MatrixMultiplies / MatrixLoads;
}
