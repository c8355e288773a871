namespace CogVideoX.Emulator.Checking;

/// <summary>What a thread has learnt of others: what happened before, and how much of that a proxy fence has passed on.</summary>
/// <param name="Seen">accesses that happened before (PTX ISA 8.8, causality order)</param>
/// <param name="Fenced">of these, the ones that fence.proxy.async made visible to asynchronous copies</param>
/// <param name="Ordered">
/// accesses that fence.sc puts before (Fence-SC order): strong reads may not look past them. Not part of <paramref name="Seen"/>, since
/// another run may order the fences the other way round, and then there is a race.
/// </param>
/// <param name="Sequenced">
/// accesses before a fence.sc of the device's scope that stands before a write which was read by somebody who happened before: whoever does
/// a fence.sc now comes after that one in every run, since the other order would let the read see into its future (PTX ISA 8.10, causality)
/// </param>
internal sealed record Knowledge(VectorClock Seen, VectorClock Fenced, VectorClock Ordered, VectorClock Sequenced)
{
    public static readonly Knowledge None = new(VectorClock.Empty, VectorClock.Empty, VectorClock.Empty, VectorClock.Empty);

    /// <summary>What fence.proxy.tensormap passed on.</summary>
    public MapFences Maps { get; init; } = MapFences.None;

    /// <summary>What either holds; one of the two itself if it holds all of the other.</summary>
    public Knowledge Join(Knowledge other)
    {
        if (ReferenceEquals(this, other))
            return this;
        VectorClock seen = Seen.Join(other.Seen), fenced = Fenced.Join(other.Fenced), ordered = Ordered.Join(other.Ordered);
        VectorClock sequenced = Sequenced.Join(other.Sequenced);
        MapFences maps = Maps.Join(other.Maps);
        if (Is(this, seen, fenced, ordered, sequenced) && ReferenceEquals(maps, Maps))
            return this;
        return Is(other, seen, fenced, ordered, sequenced) && ReferenceEquals(maps, other.Maps)
            ? other : new Knowledge(seen, fenced, ordered, sequenced) { Maps = maps };
    }

    private static bool Is(Knowledge one, VectorClock seen, VectorClock fenced, VectorClock ordered, VectorClock sequenced) =>
        ReferenceEquals(one.Seen, seen) && ReferenceEquals(one.Fenced, fenced) && ReferenceEquals(one.Ordered, ordered)
        && ReferenceEquals(one.Sequenced, sequenced);
}
