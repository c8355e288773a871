namespace CogVideoX.Emulator;

/// <summary>What an emulated device is like.</summary>
public sealed record EmulatedDeviceOptions
{
    /// <summary>
    /// How launches are run. A launch's turns come from the seed and from how many launches were before it, so that the same calls give the
    /// same bits. The limits of instructions are wider than a launch's own defaults.
    /// </summary>
    public LaunchOptions Launch { get; init; } = new() { MaxThreadInstructions = 200_000_000, MaxLaunchInstructions = 10_000_000_000 };

    /// <summary>The seed of <see cref="Launch"/>; it shuffles the work of streams, too.</summary>
    public int Seed
    {
        get => Launch.Seed;
        init => Launch = Launch with { Seed = value };
    }

    /// <summary>The timing of <see cref="Launch"/>.</summary>
    public AsyncTiming Timing
    {
        get => Launch.Timing;
        init => Launch = Launch with { Timing = value };
    }

    /// <summary>The device's architecture, such as sm_90a. Modules for a later one are refused.</summary>
    public string Architecture { get; init; } = "sm_90a";

    /// <summary>Bytes of its memory: an allocation beyond them is an <see cref="OutOfMemoryException"/>.</summary>
    public long MemoryBytes { get; init; } = 80L << 30;

    /// <summary>When the work of streams is done.</summary>
    public WorkOrder Order { get; init; }

    /// <summary>Goes on after a fault, as no device would; without it every call after the first fault fails.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Lets bytes be copied to the host that nobody has written.</summary>
    public bool AllowUnwrittenCopies { get; init; }

    /// <summary>
    /// Counts sectors, conflicts and classes of every launch. Without it a report has the numbers of instructions, matrix products and
    /// waits alone, and launches are faster.
    /// </summary>
    public bool Count { get; init; }

    /// <summary>Asked before each allocation, with its number from 0 on; true makes it an <see cref="OutOfMemoryException"/>.</summary>
    public Func<long, bool>? FailAllocation { get; init; }

    /// <summary>The device is lost after so many launches; null if it stays.</summary>
    public long? LoseAfterLaunches { get; init; }

    /// <summary>Told of each launch when it is over, those of streams too. It may not call the device.</summary>
    public Action<EmulatedKernel, LaunchReport>? Launched { get; init; }

    internal void Validate()
    {
        Launch.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryBytes, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(LoseAfterLaunches ?? 0, 0);
        if (!Enum.IsDefined(Order))
            throw new ArgumentOutOfRangeException(nameof(Order), Order, "There is no such order; choose from InOrder, Shuffled.");
    }
}
