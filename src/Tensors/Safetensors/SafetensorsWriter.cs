using System.Buffers;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Writes safetensors files, atomically. As in the reference library the header is padded with spaces to a multiple of 8 bytes, and
/// tensors are in its order of their types, larger elements first, which aligns them all; within a type they are in ordinal order of their
/// names.
/// </summary>
public static class SafetensorsWriter
{
    private const int ChunkBytes = 1 << 20;

    // github.com/huggingface/safetensors, tensor.rs: Dtype from its end on.
    private static readonly DType[] Order =
    [
        DType.U64, DType.I64, DType.F64, DType.F32, DType.U32, DType.I32, DType.BF16, DType.F16, DType.U16, DType.I16,
        DType.F8E4M3, DType.F8E5M2, DType.I8, DType.U8, DType.Bool,
    ];

    /// <summary>Writes tensors that exist.</summary>
    /// <param name="path">The file; one that exists is replaced once the new one is whole.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="metadata">Strings to keep beside the tensors.</param>
    /// <exception cref="SafetensorsException">It can't be written; nothing is left behind.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, tensors.Select(pair => TensorSource.Of(pair.Key, pair.Value)), metadata);

    /// <summary>Writes tensors that are made while writing; about a megabyte of them is in memory at a time.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(string path, IEnumerable<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        TensorSource[] ordered = Ordered(tensors);
        byte[] header = HeaderWriter.Write(path, Entries(ordered), metadata);
        long bytes = header.Length + ordered.Sum(tensor => tensor.Bytes);
        AtomicFile.Write(path, bytes, stream =>
        {
            stream.Write(header);
            foreach (TensorSource tensor in ordered)
                Copy(tensor, stream);
        });
    }

    /// <summary>
    /// Writes names, types and shapes of tensors, and leaves their elements out: a file of full length that takes no room where the disk
    /// keeps holes, for plans.
    /// </summary>
    /// <param name="path">A file that doesn't exist.</param>
    /// <param name="tensors">Their elements aren't asked for.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    internal static void WriteHollow(string path, IEnumerable<TensorSource> tensors)
    {
        TensorSource[] ordered = Ordered(tensors);
        byte[] header = HeaderWriter.Write(path, Entries(ordered), metadata: null);
        using FileStream file = new(path, FileMode.CreateNew);
        file.Write(header);
        file.SetLength(header.Length + ordered.Sum(tensor => tensor.Bytes));
    }

    private static TensorSource[] Ordered(IEnumerable<TensorSource> tensors) =>
        [.. tensors.OrderBy(tensor => Array.IndexOf(Order, tensor.Type)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];

    private static List<SafetensorsEntry> Entries(TensorSource[] tensors)
    {
        var entries = new List<SafetensorsEntry>(tensors.Length);
        long begin = 0;
        foreach (TensorSource tensor in tensors)
        {
            long end = checked(begin + tensor.Bytes);
            entries.Add(new SafetensorsEntry(tensor.Name, tensor.Type, tensor.Shape, begin, end));
            begin = end;
        }
        return entries;
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
