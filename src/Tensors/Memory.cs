using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// The memory of a device, given out in nested scopes. Blocks that a scope gives back are used again, so that a step after the
/// first asks the system for nothing; the bytes held never exceed the largest sum of live tensors, but for a few megabytes.
/// </summary>
public sealed class Memory : IDisposable
{
    // More than a sampling step has at once, so that later steps, whose tensors are a few more than the first one's, need no new records.
    private const int UsualBlocks = 64;

    // Free blocks of so many bytes are kept whatever the peak: a small model's step would give and take pages all the time otherwise.
    private const long AlwaysKept = 16 << 20;

    private readonly Device device;
    private readonly List<TensorBuffer> live = new(UsualBlocks);
    private readonly List<TensorBuffer> free = new(UsualBlocks);
    private readonly Stack<TensorBuffer> spare = new(Enumerable.Range(0, UsualBlocks).Select(_ => new TensorBuffer()));
    private int depth;
    private long cachedBytes;

    internal Memory(Device device) => this.device = device;

    /// <summary>Bytes of the blocks that live tensors have now; a block that is used again may be an eighth larger than its tensor.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The most bytes that lived at once since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>How many tensors live now; a test that ends with more than it began has a leak.</summary>
    public int LiveCount => live.Count;

    /// <summary>Starts measuring <see cref="PeakBytes"/> anew.</summary>
    public void ResetPeak() => PeakBytes = LiveBytes;

    /// <summary>Opens a scope: what is made from here on dies with it. Scopes nest and end in reverse order.</summary>
    public MemoryScope Scope() => new(this, ++depth);

    /// <summary>A new tensor with undefined contents, owned by the innermost scope.</summary>
    /// <exception cref="OutOfMemoryException">The message says how much was asked for beside what is held.</exception>
    public Tensor Empty(Shape shape, DType type)
    {
        long bytes = Math.Max(64, (checked(shape.Count * type.Size) + 63) & ~63L);
        TensorBuffer buffer = Take(bytes);
        buffer.ScopeDepth = depth;
        live.Add(buffer);
        LiveBytes += buffer.Bytes;
        PeakBytes = Math.Max(PeakBytes, LiveBytes);
        return new Tensor(buffer, shape, type);
    }

    /// <summary>Gives a tensor's memory back before its scope ends, where a forward pass is sure not to need it any more.</summary>
    public void Release(Tensor tensor)
    {
        int index = live.LastIndexOf(tensor.Buffer);
        if (index < 0)
            throw new TensorException($"{tensor} isn't owned by this memory.");
        live.RemoveAt(index);
        Recycle(tensor.Buffer);
    }

    /// <summary>Gives the blocks that no tensor uses back to the system.</summary>
    public void Trim() => TrimTo(0);

    /// <inheritdoc/>
    public void Dispose()
    {
        depth = 0;
        End(0);
        Trim();
    }

    internal void MoveTo(int scopeDepth, Tensor tensor)
    {
        TensorBuffer buffer = tensor.Buffer;
        if (buffer.ScopeDepth > scopeDepth)
            buffer.ScopeDepth = scopeDepth;
    }

    internal void End(int scopeDepth)
    {
        int kept = 0;
        for (int i = 0; i < live.Count; i++)
        {
            if (live[i].ScopeDepth >= scopeDepth)
                Recycle(live[i]);
            else
                live[kept++] = live[i];
        }
        live.RemoveRange(kept, live.Count - kept);
        depth = Math.Max(0, scopeDepth - 1);
    }

    private TensorBuffer Take(long bytes)
    {
        int best = -1;
        for (int i = 0; i < free.Count; i++)
        {
            if (free[i].Bytes >= bytes && (best < 0 || free[i].Bytes < free[best].Bytes))
                best = i;
        }
        if (best >= 0 && free[best].Bytes <= bytes + bytes / 8 + 4096)
        {
            TensorBuffer found = free[best];
            free.RemoveAt(best);
            cachedBytes -= found.Bytes;
            return found;
        }
        TrimTo(Math.Max(AlwaysKept, PeakBytes - LiveBytes - bytes));
        TensorBuffer buffer = spare.Count > 0 ? spare.Pop() : new TensorBuffer();
        buffer.Address = Allocate(bytes);
        buffer.Bytes = bytes;
        buffer.HoldsData = device.HoldsData;
        return buffer;
    }

    private nint Allocate(long bytes)
    {
        try
        {
            return device.Allocate(bytes);
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfMemoryException($"{bytes / 1e9:F2} GB more are needed on {device.Name}, beside {LiveBytes / 1e9:F2} GB in use; a smaller size, fewer frames or tiled decoding need less.", exception);
        }
    }

    private void Recycle(TensorBuffer buffer)
    {
        buffer.Generation++;
        LiveBytes -= buffer.Bytes;
        cachedBytes += buffer.Bytes;
        free.Add(buffer);
    }

    // Oldest first: the newest blocks are the likeliest to be asked for again.
    private void TrimTo(long bytes)
    {
        int count = 0;
        while (count < free.Count && cachedBytes > bytes)
        {
            TensorBuffer buffer = free[count++];
            cachedBytes -= buffer.Bytes;
            device.Free(buffer.Address);
            spare.Push(buffer);
        }
        free.RemoveRange(0, count);
    }
}
