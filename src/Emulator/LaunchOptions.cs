namespace CogVideoX.Emulator;

/// <summary>How a launch is run.</summary>
public sealed record LaunchOptions
{
    /// <summary>Decides how warps and CTAs take turns.</summary>
    public int Seed { get; init; }

    /// <summary>When asynchronous work is finished and strong writes are seen.</summary>
    public AsyncTiming Timing { get; init; } = AsyncTiming.Random;

    /// <summary>Instructions of one thread after which it counts as spinning for ever.</summary>
    public long MaxThreadInstructions { get; init; } = 1_000_000;

    /// <summary>Warp instructions of all warps after which the launch counts as endless.</summary>
    public long MaxLaunchInstructions { get; init; } = 4_000_000;

    /// <summary>Ends the launch with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The time slice: most warp instructions that a warp runs before another one's turn.</summary>
    public int Turn { get; init; } = 128;

    /// <summary>
    /// CTAs that run at the same time. When none of them comes to an end for long, more are admitted, up to an H100's number of
    /// multiprocessors: they may wait for each other. A cooperative launch runs all of its CTAs at once.
    /// </summary>
    public int ResidentCtas { get; init; } = 16;

    /// <summary>
    /// Runs so many of a launch's CTAs, spread evenly over the grid, and none of the others: for counts of launches that are too large to
    /// run. All memory of a device then counts as written, and results mean nothing. Null runs all; so does a cooperative launch.
    /// </summary>
    public int? SampledCtas { get; init; }

    /// <summary>
    /// Takes a plain load beside an atomic on the same place for the start of a compare-and-swap loop, which then corrects it. By the
    /// letter of the PTX ISA it is a race; the CUDA guide and ILGPU begin such loops so.
    /// </summary>
    public bool AcceptPlainReadsOfAtomics { get; init; }

    /// <summary>Architecture whose tensor-core arithmetic is followed, such as sm_90; the module's target if null.</summary>
    public string? Architecture { get; init; }

    /// <summary>Shared memory that a CTA may have, in bytes; null takes the architecture's.</summary>
    public int? SharedMemoryLimit { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreadInstructions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLaunchInstructions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Turn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ResidentCtas, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SampledCtas ?? 1, 1);
        if (!Enum.IsDefined(Timing))
        {
            string names = string.Join(", ", Enum.GetNames<AsyncTiming>());
            throw new ArgumentOutOfRangeException(nameof(Timing), Timing, $"There is no such timing; choose from {names}.");
        }
    }
}
