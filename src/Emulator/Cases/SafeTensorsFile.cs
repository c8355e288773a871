using System.Buffers.Binary;
using System.Text.Json;

namespace CogVideoX.Emulator.Cases;

/// <summary>A safetensors file, read whole: name to type, shape and bytes. Strict about every length.</summary>
internal sealed class SafeTensorsFile
{
    private const int LengthBytes = 8;
    private const int MostBytes = 1 << 30;
    private const int LongestHeader = 100_000_000;

    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["U16"] = 2,
        ["I16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["U32"] = 4,
        ["I32"] = 4,
        ["F32"] = 4,
        ["U64"] = 8,
        ["I64"] = 8,
        ["F64"] = 8,
    };

    private readonly Dictionary<string, StoredTensor> tensors = [];

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <exception cref="CaseException">The file can't be read or isn't safetensors; the message says why.</exception>
    public static SafeTensorsFile Read(string path)
    {
        var file = new SafeTensorsFile();
        file.Parse(path, CaseInput.Read(path, MostBytes));
        return file;
    }

    private void Parse(string path, byte[] bytes)
    {
        if (bytes.Length < LengthBytes)
            throw new CaseException(path, $"{bytes.Length} bytes are too short for a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > LongestHeader || length > (ulong)(bytes.Length - LengthBytes))
            throw new CaseException(path, $"a header of {length} bytes doesn't fit");
        ReadOnlyMemory<byte> data = bytes.AsMemory(LengthBytes + (int)length);
        (JsonDocument document, CaseNode header) = CaseNode.Parse(path, bytes.AsMemory(LengthBytes, (int)length));
        long end = 0;
        using (document)
        {
            IEnumerable<Entry> entries = header.Members()
                .Where(m => m.Name != "__metadata__").Select(m => Describe(m.Name, m.Value)).OrderBy(e => e.From).ThenBy(e => e.To);
            foreach (Entry entry in entries)
            {
                if (entry.From != end)
                {
                    throw new CaseException(
                        path, $"{Printable.Quoted(entry.Name)} starts at byte {entry.From}, and the one before ends at {end}");
                }
                if (entry.To < entry.From || entry.To - entry.From != entry.Bytes || entry.To > data.Length)
                {
                    throw new CaseException(
                        path,
                        $"{Printable.Quoted(entry.Name)} ends at byte {entry.To} of {data.Length}; its shape asks for {entry.Bytes} bytes");
                }
                tensors.Add(entry.Name, new StoredTensor(entry.Type, entry.Shape, data.Slice((int)entry.From, (int)entry.Bytes)));
                end = entry.To;
            }
        }
        if (end != data.Length)
            throw new CaseException(path, $"{data.Length - end} bytes follow the last tensor");
    }

    private static Entry Describe(string name, CaseNode tensor)
    {
        CaseNode dtype = tensor.Get("dtype"), shape = tensor.Get("shape");
        if (!Sizes.TryGetValue(dtype.Text(), out int size))
            throw dtype.Wrong($"be one of {string.Join(", ", Sizes.Keys)}, not {Printable.Quoted(dtype.Text())}");
        long[] offsets = [.. tensor.Get("data_offsets").Items().Select(o => o.Int64())];
        if (offsets.Length != 2)
            throw tensor.Wrong($"have two numbers in data_offsets, not {offsets.Length}");
        Int128 bytes = size;
        var sides = new List<long>();
        foreach (CaseNode side in shape.Items())
        {
            long count = side.Int64();
            if (count < 0)
                throw side.Wrong("not be negative");
            sides.Add(count);
            bytes *= count;
            if (bytes > MostBytes)
                throw shape.Wrong($"ask for at most {MostBytes} bytes");
        }
        return new Entry(name, dtype.Text(), sides, offsets[0], offsets[1], (long)bytes);
    }

    private sealed record Entry(string Name, string Type, IReadOnlyList<long> Shape, long From, long To, long Bytes);
}
