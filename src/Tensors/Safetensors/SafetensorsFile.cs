using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A safetensors file, mapped: tensors are views of it in their stored type. Dispose ends them.</summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly TensorBuffer buffer = new();
    private readonly Dictionary<string, Tensor> tensors = [];

    private SafetensorsFile(string path)
    {
        Path = path;
        map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        long header = *(long*)start;
        buffer.Address = (nint)start;
        using JsonDocument json = JsonDocument.Parse(new ReadOnlySpan<byte>(start + 8, (int)header).ToArray());
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                continue;
            DType.TryParse(entry.Value.GetProperty("dtype").GetString()!, out DType type);
            int[] sizes = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            tensors[entry.Name] = new Tensor(buffer, new Shape(sizes), type, 8 + header + entry.Value.GetProperty("data_offsets")[0].GetInt64());
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The names of the tensors.</summary>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>A tensor by name.</summary>
    public Tensor this[string name] => tensors.TryGetValue(name, out Tensor tensor) ? tensor : throw new TensorException($"{Path} has no tensor '{name}'.");

    /// <summary>Maps and checks a file.</summary>
    public static SafetensorsFile Open(string path) => new(path);

    /// <inheritdoc/>
    public void Dispose()
    {
        buffer.Generation++;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }
}
