using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Tensors.Gguf;

/// <summary>Reads a mapped GGUF file's header from front to back. What would lie behind its end is an error with a sentence.</summary>
/// <param name="path">For messages.</param>
/// <param name="start">The file's first byte.</param>
/// <param name="length">Bytes of the file.</param>
internal unsafe ref struct GgufCursor(string path, byte* start, long length)
{
    /// <summary>A header is at most so long: as in safetensors files, and ten times what the largest vocabularies take.</summary>
    public const long MostHeaderBytes = 100_000_000;

    private const int DeepestArray = 8;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly long end = Math.Min(length, MostHeaderBytes);

    /// <summary>Bytes that were read.</summary>
    public long Position { get; set; }

    public uint ReadU32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    public ulong ReadU64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>A text that names something: UTF-8 without exception.</summary>
    public string ReadName(string what)
    {
        try
        {
            return Strict.GetString(ReadBytes(what));
        }
        catch (DecoderFallbackException exception)
        {
            throw new GgufException($"{path}: {what} before byte {Position} isn't UTF-8. Download the file again.", exception);
        }
    }

    /// <summary>A text; what isn't UTF-8 in it becomes U+FFFD.</summary>
    public string ReadText(string what) => Encoding.UTF8.GetString(ReadBytes(what));

    /// <summary>Steps over a value, however deep its arrays are nested, and says where it lies.</summary>
    /// <param name="what">For messages.</param>
    public GgufValue SkipValue(string what)
    {
        GgufValueType type = ReadType(what);
        if (type != GgufValueType.Array)
        {
            var value = new GgufValue(type, IsArray: false, 1, Position);
            Skip(type, 1, what);
            return value;
        }
        Span<(GgufValueType Type, ulong Left)> open = stackalloc (GgufValueType, ulong)[DeepestArray];
        open[0] = (ReadType(what), ReadU64(what));
        var array = new GgufValue(open[0].Type, IsArray: true, (long)Math.Min(open[0].Left, long.MaxValue), Position);
        for (int depth = 0; depth >= 0;)
        {
            (GgufValueType of, ulong left) = open[depth];
            if (left == 0)
            {
                depth--;
                continue;
            }
            if (of != GgufValueType.Array)
            {
                Skip(of, left, what);
                open[depth].Left = 0;
                continue;
            }
            open[depth].Left = left - 1;
            if (++depth == DeepestArray)
                throw new GgufException($"{path}: {what} has arrays within arrays, more than {DeepestArray} deep. Use another file.");
            open[depth] = (ReadType(what), ReadU64(what));
        }
        return array;
    }

    private GgufValueType ReadType(string what)
    {
        uint number = ReadU32(what);
        return number <= (uint)GgufValueType.F64
            ? (GgufValueType)number
            : throw new GgufException($"{path}: {what} has the type {number}, which doesn't exist; types are 0 to 12. Download it again.");
    }

    private void Skip(GgufValueType type, ulong count, string what)
    {
        if (SizeOf(type) is int size)
        {
            if (count > (ulong)(end - Position) / (uint)size)
                throw TooLong(what, $"{count} times {size} bytes");
            Position += (long)count * size;
            return;
        }
        for (; count > 0; count--)
            ReadBytes(what);
    }

    private ReadOnlySpan<byte> ReadBytes(string what)
    {
        ulong count = ReadU64(what);
        return count <= (ulong)(end - Position) ? Take((int)count, what) : throw TooLong(what, $"{count} bytes");
    }

    private ReadOnlySpan<byte> Take(int bytes, string what)
    {
        if (bytes > end - Position)
            throw TooLong(what, $"{bytes} bytes");
        var taken = new ReadOnlySpan<byte>(start + Position, bytes);
        Position += bytes;
        return taken;
    }

    private readonly GgufException TooLong(string what, string needed) => new(end < length
        ? $"{path}: {what} at byte {Position} has {needed}, and a header is read up to {MostHeaderBytes} bytes. Use another file."
        : $"{path}: the file is cut short or damaged: {what} at byte {Position} has {needed}, and only {length} bytes are there. "
            + "Download it again.");

    /// <summary>Bytes of a value; null where each has its own length.</summary>
    public static int? SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.U8 or GgufValueType.I8 or GgufValueType.Bool => 1,
        GgufValueType.U16 or GgufValueType.I16 => 2,
        GgufValueType.U32 or GgufValueType.I32 or GgufValueType.F32 => 4,
        GgufValueType.U64 or GgufValueType.I64 or GgufValueType.F64 => 8,
        _ => null,
    };
}
