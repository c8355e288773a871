using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.GpuCheck;

/// <summary>Reference numbers in the layout of tests/Goldens; notes which are read, so that a bundle can have these alone.</summary>
internal sealed class GoldenFiles(string root) : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> files = [];
    private readonly SortedDictionary<string, SortedSet<string>> read = [];

    /// <summary>A checkpoint's folder.</summary>
    public string Checkpoint(string kind) => Path.Combine(root, "checkpoints", kind);

    /// <summary>A reference tensor, on the host.</summary>
    public Tensor this[string file, string name]
    {
        get
        {
            if (!files.TryGetValue(file, out SafetensorsFile? opened))
                files.Add(file, opened = SafetensorsFile.Open(Path.Combine(root, $"{file}.safetensors")));
            if (!read.TryGetValue(file, out SortedSet<string>? names))
                read.Add(file, names = []);
            names.Add(name);
            return opened[name];
        }
    }

    /// <summary>Writes what was read so far below another root.</summary>
    public void CopyRead(string target)
    {
        foreach ((string file, SortedSet<string> names) in read)
        {
            string path = Path.Combine(target, $"{file}.safetensors");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            SafetensorsWriter.Write(path, names.ToDictionary(name => name, name => files[file][name]));
        }
    }

    public void Dispose()
    {
        foreach (SafetensorsFile file in files.Values)
            file.Dispose();
    }
}
