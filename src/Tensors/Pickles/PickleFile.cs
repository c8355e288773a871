using System.Collections.ObjectModel;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Pickles;

/// <summary>
/// A file of <c>torch.save</c>, mapped: a zip, or pickles one behind the other as before PyTorch 1.6. It is read without running anything
/// of it: a few opcodes and globals are known, and all else is refused by name. Tensors that lie there in order are views of the file, all
/// others are copies, made when they are first asked for. Dispose ends both.
/// </summary>
/// <remarks>Names of nested dictionaries and lists are joined with dots: <c>module.proj.weight</c>, <c>list.0</c>.</remarks>
public sealed class PickleFile : ITensorFile
{
    private const long SpareBytes = 64 << 20;

    private bool isDisposed;
    private readonly MappedFile map;
    private readonly TensorBuffer buffer;
    private readonly PickleArchive archive;
    private readonly HostTensors copies = new();
    private readonly Dictionary<PickleTensor, Tensor> made = [];

    private unsafe PickleFile(string path, MappedFile map)
    {
        Path = path;
        this.map = map;
        archive = IsZip(new ReadOnlySpan<byte>(map.Start, (int)Math.Min(map.Length, 4)))
            ? PickleArchive.OfZip(map)
            : PickleArchive.OfPickles(map);
        CheckCopies();
        buffer = new TensorBuffer { Address = (nint)map.Start, Bytes = map.Length, IsReadOnly = true };
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Bytes => map.Length;

    /// <summary>None: the format has no place for them.</summary>
    public IReadOnlyDictionary<string, string> Metadata => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The names of the tensors, in the pickle's order.</summary>
    public IReadOnlyCollection<string> Names => archive.Tensors.Keys;

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="PickleException">
    /// It is damaged, no file of <c>torch.save</c>, or holds something else than tensors and plain values; the message names that, and the
    /// remedy.
    /// </exception>
    /// <exception cref="SafetensorsException">It is missing or can't be mapped.</exception>
    public static PickleFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MappedFile map = MappedFile.Open(path);
        try
        {
            return new PickleFile(path, map);
        }
        catch (FormatException exception)
        {
            map.Dispose();
            throw new PickleException($"{path}: {exception.Message}", exception);
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
        bool found = archive.Tensors.TryGetValue(name, out PickleTensor? tensor);
        info = tensor is null ? default : new TensorInfo(tensor.Type, tensor.Shape);
        return found;
    }

    /// <inheritdoc/>
    public bool TryGet(string name, out Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        tensor = default;
        if (!archive.Tensors.TryGetValue(name, out PickleTensor? stored))
            return false;
        tensor = NeedsCopy(stored) ? Copy(stored) : new Tensor(buffer, stored.Shape, stored.Type, stored.Begin);
        return true;
    }

    /// <inheritdoc/>
    public long CopiedBytes(string name) =>
        archive.Tensors.TryGetValue(name, out PickleTensor? tensor) && NeedsCopy(tensor) ? tensor.Type.BytesOf(tensor.Shape.Count) : 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        buffer.Generation++;
        copies.Dispose();
        map.Dispose();
    }

    /// <summary>Whether a file is one of <c>torch.save</c> by its first bytes.</summary>
    /// <param name="start">A dozen of them, or all there are.</param>
    internal static bool Recognises(ReadOnlySpan<byte> start)
    {
        if (IsZip(start))
            return true;
        // A safetensors file begins with the length of its header in 64 bits, whose upper half is 0, and a brace behind it.
        bool isHeader = start.Length > 8 && start[4..8].IndexOfAnyExcept((byte)0) < 0 && start[8] == '{';
        return start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5 && !isHeader;
    }

    private static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);

    private bool NeedsCopy(PickleTensor tensor) => !tensor.IsContiguous || (archive.IsBigEndian && tensor.Type.Size > 1);

    private unsafe Tensor Copy(PickleTensor stored)
    {
        if (made.TryGetValue(stored, out Tensor known))
            return known;
        Tensor copy = copies.Empty(stored.Type, stored.Shape);
        StridedElements.Copy(map.Start + stored.Begin, stored, archive.IsBigEndian, copy.Address);
        return made[stored] = copy;
    }

    // Many views of one storage may need copies, so that all of them together could fill the memory.
    private void CheckCopies()
    {
        Int128 bytes = 0;
        foreach (PickleTensor tensor in archive.Tensors.Values.Distinct().Where(NeedsCopy))
            bytes += (Int128)tensor.Shape.Count * tensor.Type.Size;
        if (bytes > 2 * (Int128)map.Length + SpareBytes)
        {
            throw new FormatException(
                $"its tensors overlap so much that {bytes} bytes would be needed for a file of {map.Length}. {PickleMachine.Refused}");
        }
    }
}
