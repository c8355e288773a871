using System.Buffers.Binary;
using System.Text;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Pickles;

/// <summary>
/// The directory of a mapped zip whose entries aren't compressed, as PyTorch writes it, of any size (zip64). Every place that it names is
/// checked. CRCs aren't: PyTorch can be told not to write them. Errors are told as <see cref="PickleReader"/> does.
/// </summary>
internal sealed unsafe class StoredZip
{
    private const int EndBytes = 22, LocatorBytes = 20, End64Bytes = 56, EntryBytes = 46, LocalBytes = 30, MostComment = 65535;
    private const int MostEntries = 200_000; // a large model has some thousand
    private const uint EndMark = 0x0605_4B50, LocatorMark = 0x0706_4B50, End64Mark = 0x0606_4B50, EntryMark = 0x0201_4B50,
        LocalMark = 0x0403_4B50;

    private readonly MappedFile map;
    private readonly Dictionary<string, Entry> entries = [];
    private long directory;

    /// <exception cref="FormatException">The directory isn't there or damaged, or an entry stands in it twice.</exception>
    public StoredZip(MappedFile map)
    {
        this.map = map;
        ReadDirectory(FindEnd());
    }

    /// <summary>The names of all entries.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Where an entry's bytes lie in the file, and how many they are; null where there is none of that name.</summary>
    /// <exception cref="FormatException">It is compressed or encrypted, or lies elsewhere than the directory says.</exception>
    public (long Begin, long Bytes)? Find(string name)
    {
        if (!entries.TryGetValue(name, out Entry entry))
            return null;
        if (entry.IsEncrypted)
            throw Bad($"{Quoted.Name(name)} is encrypted", "Save it without a password.");
        if (entry.Method != 0 || entry.Packed != entry.Bytes)
        {
            throw Bad(
                $"{Quoted.Name(name)} in the zip is compressed, which torch.save doesn't do",
                "Unpack the zip and pack it without compression (zip -0).");
        }
        if (entry.Local > directory - LocalBytes || UInt32(entry.Local) != LocalMark)
            throw Bad($"{Quoted.Name(name)} isn't where the zip's directory says");
        int nameBytes = UInt16(entry.Local + 26), extraBytes = UInt16(entry.Local + 28);
        long begin = entry.Local + LocalBytes + nameBytes + extraBytes;
        if (begin > directory || entry.Bytes > directory - begin)
            throw Bad($"{Quoted.Name(name)} is said to have {entry.Bytes} bytes from byte {begin} on, where the zip has fewer");
        return Encoding.UTF8.GetString(Bytes(entry.Local + LocalBytes, nameBytes)) == name
            ? (begin, entry.Bytes)
            : throw Bad($"{Quoted.Name(name)} lies where another entry of the zip is");
    }

    private long FindEnd()
    {
        for (long at = map.Length - EndBytes; at >= 0 && map.Length - at <= EndBytes + MostComment; at--)
        {
            if (UInt32(at) == EndMark && UInt16(at + 20) == map.Length - at - EndBytes)
                return at;
        }
        throw Bad("the zip's directory is missing: it is cut short");
    }

    private void ReadDirectory(long end)
    {
        (long count, long bytes, long at) = (UInt16(end + 10), UInt32(end + 12), UInt32(end + 16));
        long limit = end;
        if (end >= LocatorBytes && UInt32(end - LocatorBytes) == LocatorMark)
        {
            limit = Int64(end - LocatorBytes + 8);
            if (limit < 0 || limit > end - LocatorBytes - End64Bytes || UInt32(limit) != End64Mark)
                throw Bad("the zip's directory is damaged (zip64)");
            (long count64, long bytes64, long at64) = (Int64(limit + 32), Int64(limit + 40), Int64(limit + 48));
            if (!Agree(count, count64, ushort.MaxValue) || !Agree(bytes, bytes64, uint.MaxValue) || !Agree(at, at64, uint.MaxValue))
                throw Bad("the zip's directory says two things (zip64)");
            (count, bytes, at) = (count64, bytes64, at64);
        }
        if (at < 0 || bytes < 0 || at > limit || bytes > limit - at)
            throw Bad("the zip's directory leaves the file");
        if (count > MostEntries)
            throw Bad($"the zip's directory has {count} entries, of which {MostEntries} are read at most");
        directory = at;
        long directoryEnd = at + bytes;
        for (; count != 0; count--)
            at = ReadEntry(at, directoryEnd);
        if (at != directoryEnd)
            throw Bad("the zip's directory has another length than it says");
    }

    private static bool Agree(long small, long large, long most) => small == most || small == large;

    private long ReadEntry(long at, long end)
    {
        if (end - at < EntryBytes || UInt32(at) != EntryMark)
            throw Bad("the zip's directory has fewer entries than it says");
        int nameBytes = UInt16(at + 28), extraBytes = UInt16(at + 30);
        long next = at + EntryBytes + nameBytes + extraBytes + UInt16(at + 32);
        if (next > end)
            throw Bad("the zip's directory is cut in an entry");
        string name = Encoding.UTF8.GetString(Bytes(at + EntryBytes, nameBytes));
        (long packed, long bytes, long local) = (UInt32(at + 20), UInt32(at + 24), UInt32(at + 42));
        long extra = at + EntryBytes + nameBytes, extraEnd = extra + extraBytes, large = 0, largeEnd = 0;
        while (extraEnd - extra >= 4)
        {
            int kind = UInt16(extra), length = UInt16(extra + 2);
            extra += 4;
            if (length > extraEnd - extra)
                throw Bad($"the zip's entry {Quoted.Name(name)} is damaged");
            if (kind == 1)
                (large, largeEnd) = (extra, extra + length);
            extra += length;
        }
        bytes = Large(bytes);
        packed = Large(packed);
        local = Large(local);
        if (bytes < 0 || packed < 0 || local < 0)
            throw Bad($"the zip's entry {Quoted.Name(name)} has impossible sizes");
        if (!entries.TryAdd(name, new Entry(local, bytes, packed, UInt16(at + 10), (UInt16(at + 8) & 1) != 0)))
            throw Bad($"the zip has the entry {Quoted.Name(name)} twice, and readers take either");
        return next;

        // What doesn't fit 32 bits stands in the entry's field of zip64, in this order.
        long Large(long small)
        {
            if (small != uint.MaxValue)
                return small;
            if (largeEnd - large < 8)
                throw Bad($"the zip's entry {Quoted.Name(name)} lacks its sizes (zip64)");
            long value = Int64(large);
            large += 8;
            return value;
        }
    }

    private ReadOnlySpan<byte> Bytes(long at, int count) => new(map.Start + at, count);

    private int UInt16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at, 2));

    private uint UInt32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(at, 4));

    private long Int64(long at) => BinaryPrimitives.ReadInt64LittleEndian(Bytes(at, 8));

    private static FormatException Bad(string problem, string remedy = PickleMachine.Again) => new($"{problem}. {remedy}");

    private readonly record struct Entry(long Local, long Bytes, long Packed, int Method, bool IsEncrypted);
}
