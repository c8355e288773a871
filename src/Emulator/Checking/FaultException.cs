using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Checking;

/// <summary>Carries a fault from the depth of an instruction up to the launch, which adds place and thread.</summary>
internal sealed class FaultException(FaultKind kind, string message) : Exception(Printable.Line(message))
{
    public FaultKind Kind { get; } = kind;

    public int? Lane { get; init; }

    public ulong? Address { get; init; }

    public string? Allocation { get; init; }

    /// <summary>The warp to blame if it isn't the running one.</summary>
    public Warp? Warp { get; init; }

    /// <summary>PTX line to blame if it isn't the running instruction's.</summary>
    public int? Line { get; init; }

    /// <summary>The same fault, by another instruction than the running one.</summary>
    public FaultException By(Warp warp, int lane, int line) => new(Kind, Message)
    {
        Warp = warp,
        Lane = lane,
        Line = line,
        Address = Address,
        Allocation = Allocation,
    };
}
