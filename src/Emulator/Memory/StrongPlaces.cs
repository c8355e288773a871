namespace CogVideoX.Emulator.Memory;

/// <summary>The places of an allocation that strong writes went to, each as large as the writes are.</summary>
internal sealed class StrongPlaces(long size)
{
    private const int WordShift = 2, PageShift = 10, PageMask = (1 << PageShift) - 1;

    /// <summary>No strong access has more bytes.</summary>
    private const int MostBytes = 16;

    /// <summary>The places that begin in each word, linked to each other.</summary>
    private readonly StrongPlace?[]?[] pages = new StrongPlace?[((size - 1) >> (WordShift + PageShift)) + 1][];

    public StrongPlace? Find(long offset, int bytes)
    {
        StrongPlace? place = pages[offset >> (WordShift + PageShift)]?[(int)(offset >> WordShift) & PageMask];
        while (place is not null && (place.Offset != offset || place.Bytes != bytes))
            place = place.Next;
        return place;
    }

    /// <summary>The place; others that it overlaps are forgotten, since a history holds whole values only.</summary>
    public StrongPlace Make(long offset, int bytes)
    {
        if (Find(offset, bytes) is { } found)
            return found;
        Forget(offset, bytes);
        StrongPlace?[] page = pages[offset >> (WordShift + PageShift)] ??= new StrongPlace?[1 << PageShift];
        ref StrongPlace? first = ref page[(int)(offset >> WordShift) & PageMask];
        return first = new StrongPlace(offset, bytes) { Next = first };
    }

    /// <summary>A weak write: whoever may read it knows of all that stood there before.</summary>
    public void Forget(long offset, int bytes)
    {
        for (long word = Math.Max(offset - MostBytes + 1, 0) >> WordShift; word <= offset + bytes - 1 >> WordShift; word++)
        {
            if (pages[word >> PageShift] is not { } page)
                continue;
            ref StrongPlace? first = ref page[(int)word & PageMask];
            while (first is not null && Overlaps(first))
                first = first.Next;
            for (StrongPlace? place = first; place is not null; place = place.Next)
            {
                while (place.Next is { } next && Overlaps(next))
                    place.Next = next.Next;
            }
        }

        bool Overlaps(StrongPlace place) => place.Offset < offset + bytes && offset < place.Offset + place.Bytes;
    }
}
