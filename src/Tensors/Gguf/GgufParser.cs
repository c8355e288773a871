using CogVideoX.Kernels;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Gguf;

/// <summary>
/// Reads the header of a GGUF file (github.com/ggml-org/ggml, <c>docs/gguf.md</c>): versions 2 and 3, whose layouts are the same. Counts,
/// lengths and offsets are checked before anything is made of them.
/// </summary>
/// <param name="path">For messages.</param>
/// <param name="cursor">At the file's first byte.</param>
/// <param name="length">Bytes of the file.</param>
internal ref struct GgufParser(string path, GgufCursor cursor, long length)
{
    private const string Again = "Download it again, or write it anew.";
    private const string AlignmentKey = "general.alignment";
    private const int MostTensors = 100_000, MostValues = 100_000;
    private const uint UsualAlignment = 32;
    private const long MostElements = 1L << 59; // eight bytes each fit 64 bits

    private GgufCursor cursor = cursor;
    private long alignment = UsualAlignment;

    /// <summary>Metadata by key.</summary>
    public Dictionary<string, GgufValue> Values { get; } = [];

    /// <summary>Those that are texts.</summary>
    public Dictionary<string, string> Texts { get; } = [];

    /// <summary>The tensors, in the file's order.</summary>
    public List<GgufEntry> Entries { get; } = [];

    /// <summary>Where the data begin in the file.</summary>
    public long DataStart { get; private set; }

    /// <exception cref="GgufException">The header isn't as it should be, or the data don't fit the file.</exception>
    public void Parse()
    {
        CheckStart();
        ulong tensors = cursor.ReadU64("the number of tensors"), values = cursor.ReadU64("the number of metadata");
        if (tensors is 0 or > MostTensors || values > MostValues)
        {
            throw Bad(
                $"it says that it has {tensors} tensors and {values} metadata; 1 to {MostTensors} and at most {MostValues} are read",
                tensors == 0 ? "Files with a vocabulary alone have no weights." : Again);
        }
        for (ulong i = 0; i < values; i++)
            ReadValue();
        for (ulong i = 0; i < tensors; i++)
            ReadEntry();
        DataStart = checked((cursor.Position + alignment - 1) / alignment * alignment);
        CheckData();
    }

    private void CheckStart()
    {
        if (cursor.ReadU32("the magic number") != 0x4655_4747)
            throw Bad("it doesn't begin with 'GGUF'", "Name a GGUF file.");
        uint version = cursor.ReadU32("the version");
        if (version is 2 or 3)
            return;
        throw version == 1
            ? Bad("it has version 1 of the format, of August 2023; 2 and 3 are read", "Convert it with a newer tool.")
            : (version & 0xFFFF) == 0 && version != 0
                ? Bad("its numbers are big-endian, for other machines", "Use the little-endian file.")
                : Bad($"it has version {version} of the format; 2 and 3 are read", Again);
    }

    private void ReadValue()
    {
        string key = cursor.ReadName("a metadata key");
        string what = $"the metadata {Quoted.Name(key)}";
        GgufValue value = cursor.SkipValue(what);
        if (!Values.TryAdd(key, value))
            throw Bad($"{what} is there twice");
        if (value is { IsArray: false, Type: GgufValueType.Text })
            Texts.Add(key, ReadAgain(value, what));
        if (key == AlignmentKey)
            alignment = ReadAlignment(value);
    }

    private readonly string ReadAgain(GgufValue value, string what)
    {
        GgufCursor again = cursor;
        again.Position = value.Offset;
        return again.ReadText(what);
    }

    private readonly uint ReadAlignment(GgufValue value)
    {
        if (value is not { IsArray: false, Type: GgufValueType.U32 })
            throw Bad($"'{AlignmentKey}' is no unsigned number of 32 bits");
        GgufCursor again = cursor;
        again.Position = value.Offset;
        uint number = again.ReadU32(AlignmentKey);
        return uint.IsPow2(number) ? number : throw Bad($"'{AlignmentKey}' is {number}, no power of two");
    }

    private void ReadEntry()
    {
        string name = cursor.ReadName("a tensor's name");
        string what = $"tensor {Quoted.Name(name)}";
        if (!TensorName.IsAllowed(name))
            throw Bad($"{what} has a name that isn't one; {TensorName.Rule}");
        uint rank = cursor.ReadU32(what);
        if (rank > Shape.MaxRank)
            throw Bad($"{what} has {rank} dimensions; {Shape.MaxRank} are the most");
        Span<ulong> stored = stackalloc ulong[(int)rank];
        for (int i = 0; i < stored.Length; i++)
            stored[i] = cursor.ReadU64(what);
        uint number = cursor.ReadU32(what);
        ulong offset = cursor.ReadU64(what);
        if (!GgufTypes.TryGet(number, out DType type))
        {
            throw Bad($"{what} has elements of the type {GgufTypes.NameOf(number)}; read are {GgufTypes.Names}",
                "Use a file of one of these types.");
        }
        Shape shape = ShapeOf(what, stored);
        int block = type.IsBlocked ? type.Format.BlockElements() : 1, row = shape.Rank == 0 ? 1 : shape[-1];
        if (row % block != 0)
            throw Bad($"{what} {type} {shape} has rows of {row}, which aren't whole blocks of {block}");
        if (offset > long.MaxValue || (long)offset % alignment != 0)
            throw Bad($"{what} begins at byte {offset} of the data, no multiple of the alignment {alignment}");
        Entries.Add(new GgufEntry(name, new TensorInfo(type, shape), (long)offset));
    }

    // Stored innermost first.
    private readonly Shape ShapeOf(string what, ReadOnlySpan<ulong> stored)
    {
        Span<int> sizes = stackalloc int[stored.Length];
        UInt128 count = 1;
        for (int i = 0; i < stored.Length; i++)
        {
            if (stored[i] > int.MaxValue || (count *= Math.Max(1, stored[i])) > MostElements)
                throw Bad($"{what} has the sizes {string.Join(", ", stored.ToArray())}, which are too large");
            sizes[^(i + 1)] = (int)stored[i];
        }
        return new Shape(sizes);
    }

    // Each tensor lies within the file, and none in another.
    private readonly void CheckData()
    {
        long dataLength = length - DataStart, end = 0;
        string before = "";
        foreach (GgufEntry entry in Entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Info.Bytes))
        {
            string name = Quoted.Name(entry.Name);
            if (entry.Info.Bytes > dataLength - entry.Offset)
            {
                throw Bad($"the file is cut short or damaged: tensor {name} {entry.Info} ends at byte "
                    + $"{(Int128)DataStart + entry.Offset + entry.Info.Bytes} and only {length} bytes are there");
            }
            if (entry.Offset < end)
                throw Bad($"tensor {name} (from byte {entry.Offset} of the data) overlaps {before} (to byte {end})");
            if (entry.Info.Bytes > 0)
                (end, before) = (entry.Offset + entry.Info.Bytes, name);
        }
    }

    private readonly GgufException Bad(string problem, string remedy = Again) => new($"{path}: {problem}. {remedy}");
}
