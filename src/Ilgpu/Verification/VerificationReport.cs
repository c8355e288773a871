namespace CogVideoX.Ilgpu;

/// <summary>What came out of verifying a program's kernels.</summary>
/// <param name="Fault">The first thing wrong; null where nothing was.</param>
/// <param name="Runs">The launches that ran to their end, in order.</param>
public sealed record VerificationReport(KernelFault? Fault, IReadOnlyList<KernelRun> Runs)
{
    /// <summary>Whether nothing was wrong.</summary>
    public bool IsSound => Fault is null;

    /// <summary>Instructions that threads executed.</summary>
    public long ThreadInstructions => Runs.Sum(run => run.Counters.ThreadInstructions);

    /// <summary>The fault, or how much ran without one.</summary>
    public override string ToString() => Fault is null
        ? $"{Runs.Count} launches, {ThreadInstructions} instructions of threads: nothing wrong"
        : Fault.ToString();
}
