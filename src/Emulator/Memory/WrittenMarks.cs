using System.Numerics;

namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Which bytes of an allocation have been written, between launches: a bit a byte. What lies beyond the end counts as written.
/// </summary>
internal sealed unsafe class WrittenMarks : IDisposable
{
    private const int WordShift = 6, WordMask = (1 << WordShift) - 1;

    private readonly long words;
    private readonly ulong lastWord;   // the bytes of the last word that there are
    private readonly SparseBytes bits;
    private long missing;
    private bool isStale;   // everything is written, and the bits don't say so

    public WrittenMarks(long size)
    {
        missing = size;
        words = Math.Max((size + WordMask) >> WordShift, 1);
        bits = new SparseBytes(words * sizeof(ulong));
        int tail = (int)(words * (WordMask + 1) - size);
        lastWord = tail > WordMask ? 0 : ~0UL >> tail;
        Words[words - 1] = ~lastWord;
    }

    /// <summary>Every byte is written.</summary>
    public bool IsWhole => missing == 0;

    private ulong* Words => (ulong*)bits.Data;

    /// <summary>The marks of 64 bytes; none beyond the end.</summary>
    public ulong this[long word] => word >= words ? 0 : IsWhole ? ~0UL : Words[word];

    /// <summary>Changes some of the marks of 64 bytes.</summary>
    public void Put(long word, ulong mask, ulong value)
    {
        if (word >= words)
            return;
        if (word == words - 1)
            mask &= lastWord;
        if (IsWhole && (value & mask) == mask)
            return;
        if (isStale)
            Spell();
        ulong old = Words[word], now = (old & ~mask) | (value & mask);
        missing += BitOperations.PopCount(old) - BitOperations.PopCount(now);
        Words[word] = now;
    }

    public void SetAll()
    {
        isStale |= missing != 0;
        missing = 0;
    }

    public void Set(long offset, long bytes, bool isWritten)
    {
        if (bytes == 0)
            return;
        ulong value = isWritten ? ~0UL : 0;
        long first = offset >> WordShift, last = (offset + bytes - 1) >> WordShift;
        for (long word = first; word <= last; word++)
            Put(word, Mask(word, offset, bytes), value);
    }

    /// <summary>The first of some bytes that isn't written, or -1.</summary>
    public long FindMissing(long offset, long bytes)
    {
        if (IsWhole || bytes == 0)
            return -1;
        for (long word = offset >> WordShift; word <= (offset + bytes - 1) >> WordShift; word++)
        {
            ulong unwritten = ~Words[word] & Mask(word, offset, bytes);
            if (unwritten != 0)
                return (word << WordShift) + BitOperations.TrailingZeroCount(unwritten);
        }
        return -1;
    }

    /// <summary>Takes over the marks of bytes that are copied here.</summary>
    public void Copy(WrittenMarks from, long source, long target, long bytes)
    {
        if (from.IsWhole)
        {
            Set(target, bytes, isWritten: true);
            return;
        }
        // all marks are read before one is written: the bytes may overlap
        var marks = new ulong[(bytes + WordMask) >> WordShift];
        for (int i = 0; i < marks.Length; i++)
            marks[i] = from.At(source + ((long)i << WordShift));
        for (int i = 0; i < marks.Length; i++)
        {
            long at = target + ((long)i << WordShift);
            int count = (int)Math.Min(WordMask + 1, target + bytes - at), shift = (int)(at & WordMask);
            ulong mask = count > WordMask ? ~0UL : (1UL << count) - 1;
            Put(at >> WordShift, mask << shift, marks[i] << shift);
            if (shift != 0 && mask >> (WordMask + 1 - shift) is not 0 and var rest)
                Put((at >> WordShift) + 1, rest, marks[i] >> (WordMask + 1 - shift));
        }
    }

    public void Dispose() => bits.Dispose();

    private ulong At(long offset)
    {
        int shift = (int)(offset & WordMask);
        ulong low = this[offset >> WordShift] >> shift;
        return shift == 0 ? low : low | this[(offset >> WordShift) + 1] << (WordMask + 1 - shift);
    }

    /// <summary>The bits of a word that some bytes have.</summary>
    private static ulong Mask(long word, long offset, long bytes)
    {
        long start = word << WordShift;
        int from = (int)Math.Max(offset - start, 0), to = (int)Math.Min(offset + bytes - start, WordMask + 1);
        return ~0UL << from & ~0UL >> (WordMask + 1 - to);
    }

    private void Spell()
    {
        System.Runtime.InteropServices.NativeMemory.Fill(Words, (nuint)words * sizeof(ulong), byte.MaxValue);
        isStale = false;
    }
}
