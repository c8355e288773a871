namespace CogVideoX.Emulator;

/// <summary>How a launch is run.</summary>
public sealed record LaunchOptions
{
    /// <summary>Decides how warps and CTAs take turns.</summary>
    public int Seed { get; init; }

    /// <summary>When asynchronous work is finished and strong writes are seen.</summary>
    public AsyncTiming Timing { get; init; } = AsyncTiming.Random;

    /// <summary>Warp instructions after which the launch counts as endless.</summary>
    public long InstructionBudget { get; init; } = 2_000_000_000;

    /// <summary>Most warp instructions that a warp runs before another one's turn.</summary>
    public int Turn { get; init; } = 128;

    /// <summary>CTAs that run at the same time.</summary>
    public int ResidentCtas { get; init; } = 16;

    /// <summary>Architecture whose tensor-core arithmetic is followed, such as sm_90; the module's target if null.</summary>
    public string? Architecture { get; init; }

    /// <summary>Shared memory that a CTA may have, in bytes; null takes the architecture's.</summary>
    public int? SharedMemoryLimit { get; init; }
}
