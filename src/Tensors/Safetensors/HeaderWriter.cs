using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>What stands before the data of a file: eight bytes with the length, then JSON, padded with spaces.</summary>
internal static class HeaderWriter
{
    private const int LengthBytes = 8, Alignment = 8;

    /// <param name="path">For messages.</param>
    /// <param name="entries">The tensors, in the order of their data.</param>
    /// <param name="metadata">Strings to keep beside them.</param>
    /// <param name="leastBytes">A multiple of 8 that it is padded to where it is shorter.</param>
    /// <exception cref="SafetensorsException">Names that can't be, or more than the format allows.</exception>
    public static byte[] Write(
        string path, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null, int leastBytes = 0)
    {
        CheckNames(path, entries);
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(stackalloc byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            WriteJson(json, entries, metadata);
        int whole = Math.Max(leastBytes, (bytes.WrittenCount + Alignment - 1) / Alignment * Alignment);
        var header = new byte[whole];
        header.AsSpan().Fill((byte)' ');
        bytes.WrittenSpan.CopyTo(header);
        int length = whole - LengthBytes;
        if (length > SafetensorsHeader.MaxLength)
        {
            throw new SafetensorsException(
                $"{path}: the header would have {length} bytes, the format allows {SafetensorsHeader.MaxLength}. "
                + "Write fewer tensors or less metadata.");
        }
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void CheckNames(string path, IReadOnlyList<SafetensorsEntry> entries)
    {
        var names = new HashSet<string>();
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Name == SafetensorsHeader.MetadataKey)
                throw new SafetensorsException($"{path}: a tensor can't be called {entry.Name}; the format uses that name.");
            if (!TensorName.IsAllowed(entry.Name))
                throw new SafetensorsException($"{path}: a tensor is called {Quoted.Name(entry.Name)}; {TensorName.Rule}.");
            if (!names.Add(entry.Name))
                throw new SafetensorsException($"{path}: two tensors are called {Quoted.Name(entry.Name)}.");
        }
    }

    private static void WriteJson(
        Utf8JsonWriter json, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        foreach (SafetensorsEntry entry in entries)
            WriteEntry(json, entry);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Type.Name);
        json.WriteStartArray("shape");
        foreach (int size in entry.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
