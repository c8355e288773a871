using System.Buffers.Binary;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// A safetensors file, mapped: tensors are views of it in their stored type, and opening reads nothing but the header. The memory is
/// read-only. Dispose ends the tensors.
/// </summary>
/// <remarks>Format: huggingface.co/docs/safetensors. Everything that the header claims is checked before a tensor is given out.</remarks>
public sealed class SafetensorsFile : ITensorFile
{
    private const int LengthBytes = 8;
    private const string Again = "Download it again, or write it anew.";
    private readonly MappedFile map;
    private readonly TensorBuffer buffer;
    private readonly long dataStart;
    private bool isDisposed;
    private readonly Dictionary<string, SafetensorsEntry> entries;

    private unsafe SafetensorsFile(string path, MappedFile map)
    {
        Path = path;
        this.map = map;
        ReadOnlySpan<byte> header = FindHeader(path, map);
        SafetensorsHeader parsed = HeaderParser.Parse(path, header);
        dataStart = LengthBytes + header.Length;
        SafetensorsLayout.Check(path, parsed.Entries, dataStart, map.Length);
        Metadata = parsed.Metadata;
        buffer = new TensorBuffer { Address = (nint)map.Start, Bytes = map.Length, IsReadOnly = true };
        entries = parsed.Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Bytes => map.Length;

    /// <summary>The strings that the file carries beside its tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names of the tensors, in the header's order.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>A tensor by name.</summary>
    /// <exception cref="SafetensorsException">There is none of that name.</exception>
    public Tensor this[string name] => TryGet(name, out Tensor tensor)
        ? tensor
        : throw new SafetensorsException(
            $"{Path} has no tensor {Quoted.Name(name)}; it has {(entries.Count == 0 ? "none" : Quoted.Names(entries.Keys))}.");

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="SafetensorsException">
    /// The file is missing, damaged or no safetensors file; the message says which, and the remedy.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MappedFile map = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(path, map);
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
        bool found = entries.TryGetValue(name, out SafetensorsEntry? entry);
        info = entry is null ? default : new TensorInfo(entry.Type, entry.Shape);
        return found;
    }

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, out Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        bool found = entries.TryGetValue(name, out SafetensorsEntry? entry);
        tensor = entry is null ? default : new Tensor(buffer, entry.Shape, entry.Type, dataStart + entry.Begin);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        buffer.Generation++;
        map.Dispose();
    }

    private static unsafe ReadOnlySpan<byte> FindHeader(string path, MappedFile map)
    {
        var start = new ReadOnlySpan<byte>(map.Start, (int)Math.Min(map.Length, ForeignFile.EnoughBytes));
        if (HeaderProblem(start, map.Length) is string problem)
            throw new SafetensorsException($"{path}: {(ForeignFile.Recognise(start) is string foreign ? $"this is {foreign}" : problem)}");
        return new ReadOnlySpan<byte>(map.Start + LengthBytes, (int)BinaryPrimitives.ReadUInt64LittleEndian(start));
    }

    private static string? HeaderProblem(ReadOnlySpan<byte> start, long fileLength)
    {
        if (fileLength < LengthBytes)
            return $"the file has {fileLength} bytes; a safetensors file has at least {LengthBytes}. {Again}";
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        bool isThere = length <= (ulong)fileLength - LengthBytes && start[LengthBytes..].StartsWith("{"u8);
        if (length > SafetensorsHeader.MaxLength && isThere)
            return $"the header is {length} bytes long; the format allows {SafetensorsHeader.MaxLength} at most. Use several files.";
        if (length is 0 or > SafetensorsHeader.MaxLength)
        {
            return $"the header is said to be {length} bytes long; 2 to {SafetensorsHeader.MaxLength} are possible, "
                + $"so this isn't a safetensors file. {Again}";
        }
        return (long)length > fileLength - LengthBytes
            ? $"the file is cut short: its header ends at byte {LengthBytes + length} and only {fileLength} bytes are there. {Again}"
            : null;
    }
}
