using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Weak memory (PTX ISA 8.10): a few of the latest values at one place, in coherence order. A strong read may return any that isn't older
/// than one that was written or read before it in causality order.
/// </summary>
internal sealed class StrongPlace(long offset, int bytes)
{
    private const int Kept = 8;

    /// <summary>How often in a row a thread may be given older values: polling loops end.</summary>
    private const int Patience = 4;

    private readonly List<StrongValue> values = [];
    private readonly Dictionary<(int Cta, int Thread), int> olderInARow = [];

    public long Offset { get; } = offset;

    public int Bytes { get; } = bytes;

    /// <summary>Another place of the same granule.</summary>
    public StrongPlace? Next { get; set; }

    public StrongValue? Newest => values.Count == 0 ? null : values[^1];

    /// <summary>
    /// A write by <paramref name="writer"/>, with what it publishes; <paramref name="before"/> are the bits that it replaces.
    /// </summary>
    public void Add(in ScopedKnowledge news, VectorClock sequenced, Access writer, ulong before)
    {
        if (values.Count == 0)
        {
            values.Add(new StrongValue());
            values[0].BecomeFirst(writer.Cta);
        }
        values[^1].Bits = before;
        StrongValue value = values.Count < Kept ? new StrongValue() : values[0];
        if (values.Count == Kept)
            values.RemoveAt(0);
        value.Become(news, sequenced, writer);
        values.Add(value);
    }

    /// <summary>
    /// What a plain strong read returns: by <paramref name="timing"/> the newest, mostly the oldest that is allowed, or any between.
    /// </summary>
    public StrongValue? Read(Access reader, AsyncTiming timing, Random random)
    {
        int newest = values.Count - 1, oldest = newest;
        if (newest < 0 || Bytes > sizeof(ulong))
            return Newest;
        while (oldest > 0 && !values[oldest].IsBefore(reader))
            oldest--;
        int chosen = newest;
        if (oldest < newest && timing != AsyncTiming.Early)
        {
            chosen = timing == AsyncTiming.Late && random.Next(4) != 0 ? oldest : random.Next(oldest, newest + 1);
            chosen = Hurry((reader.Cta, reader.IssuerEntity + reader.Lane), chosen, newest);
        }
        if (chosen > oldest)
            values[chosen].AddReader(reader);
        return values[chosen];
    }

    private int Hurry((int Cta, int Thread) reader, int chosen, int newest)
    {
        int count = olderInARow.GetValueOrDefault(reader);
        if (chosen < newest && count < Patience)
        {
            olderInARow[reader] = count + 1;
            return chosen;
        }
        olderInARow.Remove(reader);
        return newest;
    }
}
