namespace CogVideoX.Emulator.Checking;

/// <summary>What a thread has learnt of others: what happened before, and how much of that a proxy fence has passed on.</summary>
/// <param name="Seen">accesses that happened before (PTX ISA 8.8, causality order)</param>
/// <param name="Fenced">of these, the ones that fence.proxy.async made visible to asynchronous copies</param>
/// <param name="Ordered">
/// accesses that fence.sc puts before (Fence-SC order): strong reads may not look past them. Not part of <paramref name="Seen"/>, since
/// another run may order the fences the other way round, and then there is a race.
/// </param>
internal sealed record Knowledge(VectorClock Seen, VectorClock Fenced, VectorClock Ordered)
{
    public static readonly Knowledge None = new(VectorClock.Empty, VectorClock.Empty, VectorClock.Empty);

    /// <summary>What fence.proxy.tensormap passed on.</summary>
    public MapFences Maps { get; init; } = MapFences.None;

    public Knowledge Join(Knowledge other)
    {
        if (ReferenceEquals(this, other)) return this;
        VectorClock seen = Seen.Join(other.Seen), fenced = Fenced.Join(other.Fenced), ordered = Ordered.Join(other.Ordered);
        MapFences maps = Maps.Join(other.Maps);
        bool same = ReferenceEquals(seen, Seen) && ReferenceEquals(fenced, Fenced) && ReferenceEquals(ordered, Ordered) && ReferenceEquals(maps, Maps);
        return same ? this : new Knowledge(seen, fenced, ordered) { Maps = maps };
    }
}
