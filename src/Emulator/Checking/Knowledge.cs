namespace CogVideoX.Emulator.Checking;

/// <summary>What a thread has learnt of others: what happened before, and how much of that a proxy fence has passed on.</summary>
/// <param name="Seen">accesses that happened before (PTX ISA 8.8, causality order)</param>
/// <param name="Fenced">of these, the ones that fence.proxy.async made visible to asynchronous copies</param>
internal sealed record Knowledge(VectorClock Seen, VectorClock Fenced)
{
    public static readonly Knowledge None = new(VectorClock.Empty, VectorClock.Empty);

    public Knowledge Join(Knowledge other)
    {
        if (ReferenceEquals(this, other)) return this;
        VectorClock seen = Seen.Join(other.Seen), fenced = Fenced.Join(other.Fenced);
        return ReferenceEquals(seen, Seen) && ReferenceEquals(fenced, Fenced) ? this : new Knowledge(seen, fenced);
    }
}
