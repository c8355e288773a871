using System.Diagnostics.CodeAnalysis;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Gguf;

/// <summary>
/// A GGUF file, mapped: tensors are views of it in their stored type, quantised ones in their blocks, and opening reads nothing but the
/// header. Shapes are row-major, outermost first, as everywhere else; the file has them the other way round. Dispose ends the tensors.
/// </summary>
/// <remarks>
/// Format: github.com/ggml-org/ggml, <c>docs/gguf.md</c>. Everything that it claims is checked before a tensor is given out.
/// </remarks>
public sealed class GgufFile : ITensorFile
{
    /// <summary>Before a tensor's name: the metadata with its shape, where it is stored under another one (ComfyUI-GGUF).</summary>
    private const string ShapeKey = "comfy.gguf.orig_shape.";

    private readonly MappedFile map;
    private readonly TensorBuffer buffer;
    private readonly Dictionary<string, GgufValue> values;
    private readonly Dictionary<string, GgufEntry> entries;
    private readonly long dataStart;
    private bool isDisposed;

    private unsafe GgufFile(string path, MappedFile map)
    {
        Path = path;
        this.map = map;
        var parser = new GgufParser(path, new GgufCursor(path, map.Start, map.Length), map.Length);
        parser.Parse();
        values = parser.Values;
        Metadata = parser.Texts;
        dataStart = parser.DataStart;
        buffer = new TensorBuffer { Address = (nint)map.Start, Bytes = map.Length, IsReadOnly = true };
        entries = new Dictionary<string, GgufEntry>(parser.Entries.Count);
        foreach (GgufEntry entry in parser.Entries)
        {
            if (!entries.TryAdd(entry.Name, Shaped(entry)))
                throw new GgufException($"{path}: tensor {Quoted.Name(entry.Name)} is there twice. Download it again, or write it anew.");
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public long Bytes => map.Length;

    /// <summary>The metadata that are texts; others by <see cref="TryGetInteger"/>, <see cref="TryGetTexts"/> and their like.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>The keys of all metadata.</summary>
    public IReadOnlyCollection<string> Keys => values.Keys;

    /// <summary>Which model it is of, such as <c>t5encoder</c>; null where it doesn't say.</summary>
    public string? Architecture => Metadata.GetValueOrDefault("general.architecture");

    /// <summary>Whether a file begins as such files do.</summary>
    internal static bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("GGUF"u8);

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="TensorFileException">
    /// The file is missing, damaged or no GGUF file; the message says which, and the remedy.
    /// </exception>
    public static GgufFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MappedFile map = MappedFile.Open(path);
        try
        {
            return new GgufFile(path, map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool TryDescribe(string name, out TensorInfo info)
    {
        bool found = entries.TryGetValue(name, out GgufEntry? entry);
        info = entry?.Info ?? default;
        return found;
    }

    /// <inheritdoc/>
    public bool TryGet(string name, out Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        bool found = entries.TryGetValue(name, out GgufEntry? entry);
        tensor = entry is null ? default : new Tensor(buffer, entry.Info.Shape, entry.Info.Type, dataStart + entry.Offset);
        return found;
    }

    /// <summary>A metadata value that is one whole number of any size.</summary>
    /// <returns>False where there is none of that key, it is of another type, or beyond 2⁶³ − 1.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool TryGetInteger(string key, out long value)
    {
        bool found = TryGetAll(key, isArray: false, Integer, out long[]? only);
        value = found ? only![0] : 0;
        return found;
    }

    /// <summary>
    /// A metadata value that is an array of texts, such as a tokenizer's pieces; what isn't UTF-8 in them becomes U+FFFD.
    /// </summary>
    /// <returns>False where there is none of that key, or it is of another type.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public unsafe bool TryGetTexts(string key, [NotNullWhen(true)] out string[]? values)
    {
        values = null;
        if (!TryFind(key, isArray: true, out GgufValue found) || found.Type != GgufValueType.Text)
            return false;
        var cursor = new GgufCursor(Path, map.Start, map.Length) { Position = found.Offset };
        values = new string[found.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = cursor.ReadText(key);
        return true;
    }

    /// <summary>A metadata value that is an array of whole numbers of any size, such as the kinds of a tokenizer's pieces.</summary>
    /// <returns>False where there is none of that key, it is of another type, or has one beyond 2⁶³ − 1.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool TryGetIntegers(string key, [NotNullWhen(true)] out long[]? values) =>
        TryGetAll(key, isArray: true, Integer, out values);

    /// <summary>A metadata value that is an array of numbers with fractions, such as the scores of a tokenizer's pieces.</summary>
    /// <returns>False where there is none of that key, or it is of another type.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool TryGetFloats(string key, [NotNullWhen(true)] out double[]? values) =>
        TryGetAll(key, isArray: true, Float, out values);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        buffer.Generation++;
        map.Dispose();
    }

    // With the shape that the metadata have for it, if any.
    private GgufEntry Shaped(GgufEntry entry)
    {
        if (!values.TryGetValue(ShapeKey + entry.Name, out GgufValue stored))
            return entry;
        long[]? sizes = null;
        bool areSizes = stored.Count <= Shape.MaxRank && TryGetIntegers(ShapeKey + entry.Name, out sizes);
        UInt128 count = 1;
        for (int i = 0; areSizes && i < sizes!.Length; i++)
        {
            areSizes = sizes[i] is > 0 and <= int.MaxValue && count <= long.MaxValue;
            count *= areSizes ? (ulong)sizes[i] : 1;
        }
        if (!areSizes || count != (ulong)entry.Info.Shape.Count)
        {
            throw new GgufException($"{Path}: {Quoted.Name(ShapeKey + entry.Name)} isn't the shape of {entry.Info}. "
                + "Download it again, or write it anew.");
        }
        return entry with { Info = new TensorInfo(entry.Info.Type, new Shape([.. sizes!.Select(size => (int)size)])) };
    }

    private bool TryFind(string key, bool isArray, out GgufValue found)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return values.TryGetValue(key, out found) && found.IsArray == isArray;
    }

    private unsafe bool TryGetAll<T>(
        string key, bool isArray, Func<GgufValueType, ReadOnlySpan<byte>, T?> read, [NotNullWhen(true)] out T[]? numbers) where T : struct
    {
        numbers = null;
        if (!TryFind(key, isArray, out GgufValue found) || GgufCursor.SizeOf(found.Type) is not int size)
            return false;
        var result = new T[found.Count];
        for (int i = 0; i < result.Length; i++)
        {
            if (read(found.Type, new ReadOnlySpan<byte>(map.Start + found.Offset + (long)i * size, size)) is not T number)
                return false;
            result[i] = number;
        }
        numbers = result;
        return true;
    }

    private static long? Integer(GgufValueType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufValueType.U8 => bytes[0],
        GgufValueType.I8 => (sbyte)bytes[0],
        GgufValueType.U16 => BitConverter.ToUInt16(bytes),
        GgufValueType.I16 => BitConverter.ToInt16(bytes),
        GgufValueType.U32 => BitConverter.ToUInt32(bytes),
        GgufValueType.I32 => BitConverter.ToInt32(bytes),
        GgufValueType.I64 => BitConverter.ToInt64(bytes),
        GgufValueType.U64 when BitConverter.ToUInt64(bytes) <= long.MaxValue => BitConverter.ToInt64(bytes),
        _ => null,
    };

    private static double? Float(GgufValueType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufValueType.F32 => BitConverter.ToSingle(bytes),
        GgufValueType.F64 => BitConverter.ToDouble(bytes),
        _ => null,
    };
}
