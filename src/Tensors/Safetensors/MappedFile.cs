using System.IO.MemoryMappedFiles;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A whole file in memory, read-only. The system reads a page when it is first touched, and may drop it again.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    private MappedFile(FileStream stream)
    {
        Length = stream.Length;
        map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + view.PointerOffset;
    }

    public byte* Start { get; }

    public long Length { get; }

    /// <exception cref="SafetensorsException">There is no such file, it may not be read, or it is empty.</exception>
    public static MappedFile Open(string path)
    {
        if (path.Length == 0)
            throw new SafetensorsException("The path of a safetensors file is empty. Name a file.");
        if (Directory.Exists(path))
            throw new SafetensorsException($"{path} is a folder; a .safetensors file is needed here.");
        try
        {
            if (FileStatus.OtherThanFile(path) is { } other)
                throw new SafetensorsException($"{path} is {other}; a .safetensors file is needed here.");
            if (FileLength.Of(path) == 0)
                throw new SafetensorsException($"{path} is empty (0 bytes). Download it again, or write it anew.");
            return new MappedFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SafetensorsException($"{path} doesn't exist. Check the path, or download the file.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SafetensorsException($"{path} may not be read by this user. Change its permissions.", exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw new SafetensorsException($"{path} can't be mapped into memory: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }
}
