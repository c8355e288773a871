namespace CogVideoX.Emulator.Checking;

/// <summary>Which writes of each tensor map fence.proxy.tensormap has made visible to tensor copies; never changes once made.</summary>
internal sealed class MapFences
{
    public static readonly MapFences None = new([]);

    private readonly (ulong Map, VectorClock Seen)[] fences;

    private MapFences((ulong Map, VectorClock Seen)[] fences) => this.fences = fences;

    public VectorClock Of(ulong map)
    {
        foreach ((ulong of, VectorClock seen) in fences)
        {
            if (of == map)
                return seen;
        }
        return VectorClock.Empty;
    }

    public MapFences With(ulong map, VectorClock seen)
    {
        VectorClock before = Of(map), after = before.Join(seen);
        return ReferenceEquals(before, after) ? this : new MapFences([.. fences.Where(f => f.Map != map), (map, after)]);
    }

    public MapFences Join(MapFences other)
    {
        if (ReferenceEquals(this, other) || other.fences.Length == 0)
            return this;
        if (fences.Length == 0)
            return other;
        MapFences joined = this;
        foreach ((ulong map, VectorClock seen) in other.fences)
            joined = joined.With(map, seen);
        return joined;
    }
}
