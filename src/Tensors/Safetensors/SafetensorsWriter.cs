using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Writes safetensors files, atomically. As in the reference library the header is padded with spaces to a multiple of 8 bytes and
/// tensors of larger elements come first, which aligns them all; within an element size they are in ordinal order of their names.
/// </summary>
public static class SafetensorsWriter
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Writes tensors that exist.</summary>
    /// <param name="path">The file; one that exists is replaced once the new one is whole.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="metadata">Strings to keep beside the tensors.</param>
    /// <exception cref="SafetensorsException">It can't be written; nothing is left behind.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, tensors.Select(pair => TensorSource.Of(pair.Key, pair.Value)), metadata);

    /// <summary>Writes tensors that are made while writing; about a megabyte of them is in memory at a time.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(string path, IEnumerable<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        TensorSource[] ordered = [.. tensors.OrderByDescending(tensor => tensor.Type.Size).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        CheckNames(path, ordered);
        byte[] header = Header(path, ordered, metadata);
        long bytes = header.Length + ordered.Sum(tensor => tensor.Bytes);
        AtomicFile.Write(path, bytes, stream =>
        {
            stream.Write(header);
            foreach (TensorSource tensor in ordered)
                Copy(tensor, stream);
        });
    }

    private static void CheckNames(string path, TensorSource[] tensors)
    {
        var names = new HashSet<string>();
        foreach (TensorSource tensor in tensors)
        {
            if (tensor.Name == SafetensorsHeader.MetadataKey)
                throw new SafetensorsException($"{path}: a tensor can't be called {tensor.Name}; the format uses that name.");
            if (!TensorName.IsAllowed(tensor.Name))
                throw new SafetensorsException($"{path}: a tensor is called {Quoted.Name(tensor.Name)}; {TensorName.Rule}.");
            if (!names.Add(tensor.Name))
                throw new SafetensorsException($"{path}: two tensors are called {Quoted.Name(tensor.Name)}.");
        }
    }

    private static byte[] Header(string path, TensorSource[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            WriteJson(json, tensors, metadata);
        bytes.Write("       "u8[..((8 - bytes.WrittenCount % 8) % 8)]);
        byte[] header = bytes.WrittenSpan.ToArray();
        int length = header.Length - 8;
        if (length > SafetensorsHeader.MaxLength)
            throw new SafetensorsException($"{path}: the header would have {length} bytes, the format allows {SafetensorsHeader.MaxLength}. Write fewer tensors or less metadata.");
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteJson(Utf8JsonWriter json, TensorSource[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        long begin = 0;
        foreach (TensorSource tensor in tensors)
        {
            WriteEntry(json, tensor, begin);
            begin = checked(begin + tensor.Bytes);
        }
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorSource tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.Name);
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(checked(begin + tensor.Bytes));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Copy(TensorSource tensor, Stream stream)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, tensor.Bytes));
        try
        {
            long perChunk = ChunkBytes / tensor.Type.Size;
            for (long first = 0; first < tensor.Shape.Count; first += perChunk)
            {
                int bytes = (int)Math.Min(perChunk, tensor.Shape.Count - first) * tensor.Type.Size;
                tensor.Fill(first, chunk.AsSpan(0, bytes));
                stream.Write(chunk, 0, bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
