using System.IO.MemoryMappedFiles;

namespace CogVideoX.Fuzz.Running;

/// <summary>Where a child is, in a file that both processes map: it outlives a child that dies without a word.</summary>
internal sealed class Progress : IDisposable
{
    private const int Bytes = 24;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public Progress(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Bytes);
        view = file.CreateViewAccessor();
    }

    /// <summary>The input that is being eaten, counted from 1; 0 before the first.</summary>
    public long Input
    {
        get => view.ReadInt64(0);
        set => view.Write(0, value);
    }

    public bool IsFinished
    {
        get => view.ReadInt64(8) != 0;
        set => view.Write(8, value ? 1L : 0);
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
