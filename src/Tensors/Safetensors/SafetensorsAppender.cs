
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Writes a file whose tensors come one after the other, so that none of them need be kept. Disk and header have room reserved for
/// the tensors that are expected; where fewer came, the file has those. It appears under its name when it is completed.
/// </summary>
internal sealed class SafetensorsAppender : IDisposable
{
    private readonly string path, full;
    private readonly int headerBytes;
    private readonly List<SafetensorsEntry> entries = [];
    private WorkFolder? work;
    private FileStream? stream;
    private long end;

    /// <param name="path">The file; one that exists is replaced when this one is completed.</param>
    /// <param name="expected">Names and shapes of the F32 tensors that may come.</param>
    /// <exception cref="SafetensorsException">It can't be written there.</exception>
    public SafetensorsAppender(string path, IEnumerable<(string Name, Shape Shape)> expected)
    {
        this.path = path;
        full = RealPath.Of(path); // a link stays, and what it leads to is replaced
        AtomicFile.RefuseOther(path, full);
        List<SafetensorsEntry> all = Entries(expected);
        headerBytes = HeaderWriter.Write(path, all).Length;
        string folder = Path.GetDirectoryName(full) ?? full;
        if (!Directory.Exists(folder))
            throw new SafetensorsException($"{path} can't be written: the folder {folder} doesn't exist. Create it first.");
        Guard(() => Open(folder, headerBytes + (all.Count > 0 ? all[^1].End : 0)));
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">One of the expected.</param>
    /// <param name="tensor">F32; copied at once.</param>
    /// <exception cref="SafetensorsException">The disk is full.</exception>
    public void Append(string name, Tensor tensor)
    {
        var entry = new SafetensorsEntry(name, DType.F32, tensor.Shape, end, end + tensor.Bytes);
        Guard(() =>
        {
            byte[] chunk = new byte[Math.Min(1 << 20, tensor.Bytes)];
            for (long done = 0; done < tensor.Bytes; done += chunk.Length)
            {
                Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, tensor.Bytes - done));
                tensor.CopyTo(done, part);
                stream!.Write(part);
            }
            stream!.Flush();
        });
        end = entry.End;
        entries.Add(entry);
    }

    /// <summary>Writes the header and gives the file its name, which then holds the tensors that came.</summary>
    /// <exception cref="SafetensorsException">It can't be written.</exception>
    public void Complete() => Guard(() =>
    {
        stream!.SetLength(headerBytes + end); // a write that failed may have left a part behind
        stream.Position = 0;
        stream.Write(HeaderWriter.Write(path, entries, leastBytes: headerBytes));
        stream.Dispose();
        FileStatus.Replace(full, stream.Name);
    });

    /// <summary>Removes what wasn't completed.</summary>
    public void Dispose()
    {
        stream?.Dispose();
        work?.Dispose();
    }

    private void Open(string folder, long bytes)
    {
        work = WorkFolder.Create(folder);
        try
        {
            stream = new FileStream(work[Path.GetFileName(full)], AtomicFile.Options(bytes)) { Position = headerBytes };
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    private static List<SafetensorsEntry> Entries(IEnumerable<(string Name, Shape Shape)> tensors)
    {
        var entries = new List<SafetensorsEntry>();
        long begin = 0;
        foreach ((string name, Shape shape) in tensors)
        {
            long next = checked(begin + shape.Count * DType.F32.Size);
            entries.Add(new SafetensorsEntry(name, DType.F32, shape, begin, next));
            begin = next;
        }
        return entries;
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException($"{path} can't be written: {exception.Message}", exception);
        }
    }
}
