namespace CogVideoX.Emulator.Memory;

/// <summary>The places of an allocation that strong writes went to, each as large as the writes are.</summary>
internal sealed class StrongPlaces
{
    /// <summary>No access is larger, and none crosses a multiple of it.</summary>
    private const int GranuleShift = 5;

    private readonly Dictionary<long, List<StrongPlace>> granules = [];

    public StrongPlace? Find(long offset, int bytes)
    {
        if (!granules.TryGetValue(offset >> GranuleShift, out List<StrongPlace>? places)) return null;
        foreach (StrongPlace place in places)
            if (place.Offset == offset && place.Bytes == bytes) return place;
        return null;
    }

    /// <summary>The place; others that it overlaps are forgotten, since a history holds whole values only.</summary>
    public StrongPlace Make(long offset, int bytes)
    {
        if (Find(offset, bytes) is { } found) return found;
        Forget(offset, bytes);
        if (!granules.TryGetValue(offset >> GranuleShift, out List<StrongPlace>? places)) granules.Add(offset >> GranuleShift, places = []);
        var made = new StrongPlace(offset, bytes);
        places.Add(made);
        return made;
    }

    /// <summary>A weak write: whoever may read it knows of all that stood there before.</summary>
    public void Forget(long offset, int bytes)
    {
        for (long granule = offset >> GranuleShift; granule <= offset + bytes - 1 >> GranuleShift; granule++)
            if (granules.TryGetValue(granule, out List<StrongPlace>? places)) places.RemoveAll(p => p.Offset < offset + bytes && offset < p.Offset + p.Bytes);
    }
}
