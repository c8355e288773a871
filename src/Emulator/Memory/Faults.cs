using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>Words for what checks of memory find.</summary>
internal static class Faults
{
    public static FaultException Uninitialized(string what, Allocation at, long offset, Access access) =>
        At(FaultKind.Uninitialized, $"{at.SpaceText} memory {what}", at, offset, access.Lane);

    public static FaultException Proxy(Allocation at, long offset, Access access, int line) => At(FaultKind.Proxy,
        $"{at.SpaceText} memory written by an ordinary store at line {line} and used by {Name(access.Actor)} with no fence.proxy.async between",
        at, offset, access.Lane);

    /// <summary>An access that isn't ordered after an earlier write, or a write that isn't ordered after an earlier read.</summary>
    public static FaultException Conflict(Allocation at, long offset, Access access, bool isWrite, Cell? write, int? readInfo)
    {
        int info = readInfo ?? write!.Value.WriteInfo;
        var earlier = (Actor)(info >> 4 & 15);
        string now = isWrite ? "written" : "read", before = readInfo is null ? "written" : "read";
        // a load that overwrites the same barrier's load of an earlier phase is a stage taken back too soon;
        // any other two unordered asynchronous writes race
        bool bothWrite = write is not null && isWrite && access.Actor > Actor.Barrier && earlier > Actor.Barrier;
        bool laterPhase = bothWrite && write!.Value.WriteCta == access.EntityCta
            && write.Value.WriteEntity == access.Entity && write.Value.WriteClock != access.Clock;
        FaultKind kind = earlier <= Actor.Barrier || (bothWrite && !laterPhase) ? FaultKind.Race : FaultKind.Asynchronous;
        string text = kind == FaultKind.Race
            ? $"{at.SpaceText} memory {now} by {Name(access.Actor)} and {before} by {Name(earlier)} at line {info >> 8} with nothing to order them"
            : $"{at.SpaceText} memory {now} by {Name(access.Actor)} before {Name(earlier)} at line {info >> 8}, "
                + $"which {(readInfo is null ? "writes" : "reads")} it, was waited for";
        return At(kind, text, at, offset, access.Lane);
    }

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
