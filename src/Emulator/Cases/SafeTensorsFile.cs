using System.Buffers.Binary;
using System.Text.Json;

namespace CogVideoX.Emulator.Cases;

/// <summary>A safetensors file, read whole: name to type, shape and bytes. Strict about every length.</summary>
internal sealed class SafeTensorsFile
{
    private const long LongestHeader = 100_000_000;

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

    /// <exception cref="InvalidDataException">The file isn't safetensors; the message says why.</exception>
    public static SafeTensorsFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            var file = new SafeTensorsFile();
            file.Parse(bytes);
            return file;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path}: the header isn't what safetensors asks for ({e.Message})", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private void Parse(byte[] bytes)
    {
        if (bytes.Length < 8) throw new InvalidDataException($"{bytes.Length} bytes are too short for a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > LongestHeader || length > (ulong)bytes.Length - 8) throw new InvalidDataException($"a header of {length} bytes doesn't fit");
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
        long start = 8 + (long)length, end = 0;
        var parts = new List<(string Name, string Type, long[] Shape, long From, long To)>();
        foreach (JsonProperty property in header.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__") continue;
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
            long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
            if (offsets.Length != 2) throw new InvalidDataException($"{property.Name}: data_offsets has {offsets.Length} numbers");
            parts.Add((property.Name, property.Value.GetProperty("dtype").GetString() ?? "", shape, offsets[0], offsets[1]));
        }
        foreach ((string name, string type, long[] shape, long from, long to) in parts.OrderBy(p => p.From).ThenBy(p => p.To))
        {
            if (from != end) throw new InvalidDataException($"{name} starts at {from}, the one before ends at {end}");
            if (!Sizes.TryGetValue(type, out int size)) throw new InvalidDataException($"{name}: unknown type '{type}'");
            long wanted = shape.Aggregate((long)size, (all, one) => one < 0 ? throw new InvalidDataException($"{name}: a negative size") : checked(all * one));
            if (to - from != wanted || to > bytes.Length - start) throw new InvalidDataException($"{name} has {to - from} bytes, its shape asks for {wanted}");
            tensors.Add(name, new StoredTensor(type, shape, bytes.AsSpan((int)(start + from), (int)wanted).ToArray()));
            end = to;
        }
        if (start + end != bytes.Length) throw new InvalidDataException($"{bytes.Length - start - end} bytes follow the last tensor");
    }
}
