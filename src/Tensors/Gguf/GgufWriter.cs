using System.Text;
using CogVideoX.Kernels;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Gguf;

/// <summary>
/// Writes GGUF files of version 3, atomically, with the bytes that gguf's own writer gives (github.com/ggml-org/llama.cpp,
/// <c>gguf-py/gguf/gguf_writer.py</c>): tensors in the order in which they are given, each from a multiple of 32 bytes on.
/// </summary>
public static class GgufWriter
{
    private const int Alignment = 32, ChunkBytes = 1 << 20;

    /// <summary>Writes tensors that are made while writing; about a megabyte of them is in memory at a time.</summary>
    /// <param name="path">The file; one that exists is replaced once the new one is whole.</param>
    /// <param name="architecture">Which model they are of, such as <c>t5encoder</c>.</param>
    /// <param name="tensors">What to write, of types that the format has. <see cref="ConvertedTensor"/> makes such.</param>
    /// <param name="metadata">
    /// Other metadata, in order: texts, numbers of 8 to 64 bits, truth values, and arrays of text, <see cref="int"/> or
    /// <see cref="float"/>.
    /// </param>
    /// <exception cref="GgufException">A type that the format doesn't have, a name twice, or no tensor.</exception>
    /// <exception cref="SafetensorsException">It can't be written; nothing is left behind.</exception>
    /// <exception cref="ArgumentException">A metadata value of another type.</exception>
    public static void Write(
        string path, string architecture, IEnumerable<TensorSource> tensors, IEnumerable<KeyValuePair<string, object>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(architecture);
        TensorSource[] sources = [.. tensors];
        KeyValuePair<string, object>[] values = [new("general.architecture", architecture), .. metadata ?? []];
        byte[] header = Header(path, sources, values);
        long bytes = header.Length + sources.Sum(source => Aligned(source.Bytes));
        AtomicFile.Write(path, bytes, stream =>
        {
            stream.Write(header);
            foreach (TensorSource source in sources)
                Copy(source, stream);
        });
    }

    private static byte[] Header(string path, TensorSource[] sources, KeyValuePair<string, object>[] values)
    {
        if (sources.Length == 0)
            throw new GgufException($"{path} can't be written: there are no tensors for it.");
        if (sources.GroupBy(source => source.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new GgufException($"{path} can't be written: there are two tensors {Quoted.Name(twice.Key)}.");
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)sources.Length);
        writer.Write((ulong)values.Length);
        foreach ((string key, object value) in values)
        {
            WriteText(writer, key);
            WriteValue(writer, key, value);
        }
        long offset = 0;
        foreach (TensorSource source in sources)
        {
            WriteEntry(writer, path, source, offset);
            offset += Aligned(source.Bytes);
        }
        writer.Write(new byte[Aligned(buffer.Length) - buffer.Length]);
        return buffer.ToArray();
    }

    private static void WriteEntry(BinaryWriter writer, string path, TensorSource source, long offset)
    {
        if (!GgufTypes.TryNumber(source.Type, out uint type))
        {
            throw new GgufException($"{path} can't be written: GGUF has no type for {Quoted.Name(source.Name)} {source.Type}; it has "
                + $"{GgufTypes.Names}.");
        }
        WriteText(writer, source.Name);
        writer.Write((uint)source.Shape.Rank);
        for (int i = source.Shape.Rank - 1; i >= 0; i--)
            writer.Write((ulong)source.Shape[i]);
        writer.Write(type);
        writer.Write((ulong)offset);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteValue(BinaryWriter writer, string key, object value)
    {
        GgufValueType type = TypeOf(value.GetType()) ?? (value is Array ? GgufValueType.Array : throw Unknown(key, value));
        writer.Write((uint)type);
        if (value is not Array array)
        {
            WriteScalar(writer, value);
            return;
        }
        writer.Write((uint)(TypeOf(array.GetType().GetElementType()!) ?? throw Unknown(key, value)));
        writer.Write((ulong)array.Length);
        foreach (object element in array)
            WriteScalar(writer, element);
    }

    private static ArgumentException Unknown(string key, object value) => new($"The metadata '{key}' can't be a {value.GetType().Name}.");

    private static GgufValueType? TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => GgufValueType.U8,
        TypeCode.SByte => GgufValueType.I8,
        TypeCode.UInt16 => GgufValueType.U16,
        TypeCode.Int16 => GgufValueType.I16,
        TypeCode.UInt32 => GgufValueType.U32,
        TypeCode.Int32 => GgufValueType.I32,
        TypeCode.Single => GgufValueType.F32,
        TypeCode.Boolean => GgufValueType.Bool,
        TypeCode.String => GgufValueType.Text,
        TypeCode.UInt64 => GgufValueType.U64,
        TypeCode.Int64 => GgufValueType.I64,
        TypeCode.Double => GgufValueType.F64,
        _ => null,
    };

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte number: writer.Write(number); break;
            case sbyte number: writer.Write(number); break;
            case ushort number: writer.Write(number); break;
            case short number: writer.Write(number); break;
            case uint number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case bool truth: writer.Write(truth); break;
            case ulong number: writer.Write(number); break;
            case long number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            default: WriteText(writer, (string)value); break;
        }
    }

    private static void Copy(TensorSource source, Stream stream)
    {
        (int blockBytes, int block) = source.Type.IsBlocked
            ? (source.Type.Format.BlockBytes(), source.Type.Format.BlockElements())
            : (source.Type.Size, 1);
        long perChunk = ChunkBytes / blockBytes * block;
        byte[] chunk = new byte[Math.Min(ChunkBytes, source.Bytes)];
        for (long first = 0; first < source.Shape.Count; first += perChunk)
        {
            Span<byte> part = chunk.AsSpan(0, (int)source.Type.BytesOf(Math.Min(perChunk, source.Shape.Count - first)));
            source.Fill(first, part);
            stream.Write(part);
        }
        stream.Write(new byte[Aligned(source.Bytes) - source.Bytes]);
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
