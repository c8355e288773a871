using System.Runtime.InteropServices;

namespace CogVideoX.Tensors.Files;

/// <summary>
/// Tensors in this process's memory that a file owns beside what is mapped: copies of elements that don't lie in the file as they are
/// needed.
/// </summary>
internal sealed unsafe class HostTensors : IDisposable
{
    private const nuint Alignment = 64;
    private readonly List<TensorBuffer> buffers = [];

    /// <summary>A new tensor with undefined contents, which lives until <see cref="Dispose"/>.</summary>
    /// <exception cref="TensorException">More bytes than 2⁶³ − 1.</exception>
    /// <exception cref="OutOfMemoryException">The system doesn't have them.</exception>
    public Tensor Empty(DType type, Shape shape)
    {
        long bytes = Math.Max(1, type.BytesOf(shape.Count));
        var buffer = new TensorBuffer { Address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment), Bytes = bytes };
        buffers.Add(buffer);
        return new Tensor(buffer, shape, type);
    }

    /// <summary>The elements of several tensors on the host in one, those of the first before those of the second.</summary>
    /// <param name="info">What is made: as many elements of the same type.</param>
    /// <param name="parts">Of what.</param>
    /// <exception cref="TensorException">They have another type, or another number of elements.</exception>
    public Tensor Stack(TensorInfo info, IEnumerable<Tensor> parts)
    {
        Tensor result = Empty(info.Type, info.Shape);
        long filled = 0;
        foreach (Tensor part in parts)
        {
            if (part.Type != info.Type || part.IsScaled || part.Bytes > result.Bytes - filled)
                throw new TensorException($"{part} is no part of {info}, of which {filled} bytes are there.");
            Buffer.MemoryCopy(part.Address, result.Address + filled, result.Bytes - filled, part.Bytes);
            filled += part.Bytes;
        }
        return filled == result.Bytes
            ? result
            : throw new TensorException($"{filled} bytes were given for {info}, which has {result.Bytes}.");
    }

    /// <summary>Ends the tensors.</summary>
    public void Dispose()
    {
        foreach (TensorBuffer buffer in buffers)
        {
            buffer.Generation++;
            NativeMemory.AlignedFree((void*)buffer.Address);
        }
        buffers.Clear();
    }
}
