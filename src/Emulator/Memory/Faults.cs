using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>Words for what checks of memory find.</summary>
internal static class Faults
{
    public static FaultException Uninitialized(string what, Allocation at, long offset, Access access) =>
        At(FaultKind.Uninitialized, $"{at.SpaceText} memory {what}", at, offset, access.Lane);

    public static FaultException Proxy(Allocation at, long offset, Access access, int line) => At(FaultKind.Proxy,
        $"{at.SpaceText} memory written by an ordinary store at line {line} "
            + $"and used by {Name(access.Actor)} with no fence.proxy.async between",
        at, offset, access.Lane);

    /// <summary>An access that isn't ordered after an earlier write, or a write that isn't ordered after an earlier read.</summary>
    public static FaultException Conflict(Allocation at, long offset, Access access, bool isWrite, Cell? write, AccessInfo? readInfo)
    {
        AccessInfo info = readInfo ?? write!.Value.WriteInfo;
        Actor earlier = info.Actor;
        if (IsLoopStart(access, isWrite, info, readInfo is not null))
            return PlainAndAtomic(at, offset, access, isWrite, info);
        string now = isWrite ? "written" : "read", before = readInfo is null ? "written" : "read";
        // a load that overwrites the same barrier's load of an earlier phase is a stage taken back too soon;
        // any other two unordered asynchronous writes race
        bool bothWrite = write is not null && isWrite && access.Actor > Actor.Barrier && earlier > Actor.Barrier;
        bool laterPhase = bothWrite && write!.Value.WriteCta == access.EntityCta
            && write.Value.WriteEntity == access.Entity && write.Value.WriteClock != access.Clock;
        FaultKind kind = earlier <= Actor.Barrier || (bothWrite && !laterPhase) ? FaultKind.Race : FaultKind.Asynchronous;
        string text = kind == FaultKind.Race
            ? $"{at.SpaceText} memory {now} by {Name(access.Actor)} and {before} by {Name(earlier)} at line {info.Line} "
                + "with nothing to order them"
            : $"{at.SpaceText} memory {now} by {Name(access.Actor)} before {Name(earlier)} at line {info.Line}, "
                + $"which {(readInfo is null ? "writes" : "reads")} it, was waited for";
        return At(kind, text, at, offset, access.Lane);
    }

    /// <summary>A plain read and a read-modify-write of one place, in either order.</summary>
    public static bool IsLoopStart(Access access, bool isWrite, AccessInfo earlier, bool earlierIsRead) =>
        isWrite ? access.IsAtomic && earlierIsRead && IsPlainRead(earlier) : IsPlainRead(access.Info) && earlier.IsAtomic;

    private static bool IsPlainRead(AccessInfo info) => info is { Actor: Actor.Thread, Scope: Scope.Weak, IsAtomic: false };

    private static FaultException PlainAndAtomic(Allocation at, long offset, Access access, bool isWrite, AccessInfo earlier)
    {
        (int plain, int atomic) = isWrite ? (earlier.Line, access.Line) : (access.Line, earlier.Line);
        return At(
            FaultKind.Race,
            $"{at.SpaceText} memory read by a plain load at line {plain} and changed by an atomic at line {atomic} "
            + "with nothing to order them; if the load begins a compare-and-swap loop, make it ld.relaxed or ld.volatile, "
            + "or accept it (AcceptPlainReadsOfAtomics, --accept-plain-loads)",
            at, offset, access.Lane);
    }

    public static FaultException ReadOnly(Allocation at, long offset, Access access, int line, bool isWrite) => At(FaultKind.Invalid,
        isWrite ? $"{at.SpaceText} memory written that ld.global.nc reads at line {line}: it is for memory that the launch doesn't write"
            : $"ld.global.nc of {at.SpaceText} memory that the launch writes by line {line}", at, offset, access.Lane);

    public static FaultException At(FaultKind kind, string message, Allocation at, long offset, int lane) =>
        new(kind, message) { Lane = lane, Address = at.Address + (ulong)offset, Allocation = at.Name };

    private static string Name(Actor actor) => actor switch
    {
        Actor.Thread => "a thread",
        Actor.Barrier => "mbarrier.init",
        Actor.CopyAsync => "cp.async",
        Actor.BulkRead or Actor.BulkWrite => "a bulk store",
        Actor.Wgmma => "wgmma",
        _ => "an asynchronous load",
    };
}
