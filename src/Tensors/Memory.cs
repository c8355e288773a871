using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// The memory of a device, given out in nested scopes. Blocks that a scope gives back are used again, so that a step after the
/// first asks the system for nothing; the bytes held never exceed the largest sum of live tensors, but for a few megabytes.
/// </summary>
/// <remarks>One caller at a time. While a scope is open, that is the thread that opened the outermost one.</remarks>
public sealed class Memory : IDisposable
{
    // More than a sampling step has at once, so that later steps, whose tensors are a few more than the first one's, need no new records.
    private const int UsualBlocks = 64;

    // Free blocks of so many bytes are kept whatever the peak: a small model's step would give and take pages all the time otherwise.
    private const long AlwaysKept = 16 << 20;

    private const int LastingDepth = -1;
    private const int FactorBytes = 16; // that of a factor, aligned

    private readonly Device device;
    private readonly List<TensorBuffer> live = new(UsualBlocks);
    private readonly List<TensorBuffer> free = new(UsualBlocks);
    private readonly Stack<TensorBuffer> spare = new(Enumerable.Range(0, UsualBlocks).Select(_ => new TensorBuffer()));
    private readonly List<long> scopes = new(UsualBlocks); // the serial numbers of those that are open, outermost first
    private long lastSerial;
    private int owner;   // the thread that opened the outermost of them; 0 without any
    private int inside;  // the thread that is in here at the moment; 0 for none
    private bool disposed;
    private int lasting;
    private long cachedBytes;
    private PlacedTensors? places; // where new tensors of scopes go; null for blocks of their own

    internal Memory(Device device) => this.device = device;

    /// <summary>
    /// Bytes of the blocks that live tensors have now; a block that is used again may be an eighth larger than its tensor.
    /// </summary>
    public long LiveBytes { get; private set; }

    /// <summary>The most bytes that lived at once since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes of the blocks that lasting tensors have.</summary>
    public long LastingBytes { get; private set; }

    /// <summary>How many tensors live now, beside those that last; a test that ends with more than it began has a leak.</summary>
    public int LiveCount => live.Count - lasting;

    /// <summary>Starts measuring <see cref="PeakBytes"/> anew.</summary>
    public void ResetPeak() => PeakBytes = LiveBytes;

    /// <summary>Opens a scope: what is made from here on dies with it. Scopes nest and end in reverse order.</summary>
    public MemoryScope Scope()
    {
        using Stay stay = Enter();
        if (scopes.Count == 0)
            owner = Environment.CurrentManagedThreadId;
        scopes.Add(++lastSerial);
        return new MemoryScope(this, scopes.Count, lastSerial);
    }

    /// <summary>A new tensor with undefined contents, owned by the innermost scope.</summary>
    /// <exception cref="TensorException">More bytes than 2⁶³ − 1, together with those that live.</exception>
    /// <exception cref="OutOfMemoryException">The message says how much was asked for beside what is held.</exception>
    public Tensor Empty(Shape shape, DType type)
    {
        using Stay stay = Enter();
        return New(shape, type, scopes.Count);
    }

    /// <summary>The same, owned by no scope: it lives until it is released, or until the memory ends. Weights and their like.</summary>
    /// <exception cref="TensorException">More bytes than 2⁶³ − 1, together with those that live.</exception>
    /// <exception cref="OutOfMemoryException">The message says how much was asked for beside what is held.</exception>
    public Tensor Lasting(Shape shape, DType type)
    {
        using Stay stay = Enter();
        return New(shape, type, LastingDepth);
    }

    /// <summary>A lasting tensor of 8-bit floats, with room behind it for factors that its elements are multiplied with.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Which.</param>
    /// <param name="factors">How many: 1 for all, or as many as there are rows.</param>
    /// <exception cref="TensorException">More bytes than 2⁶³ − 1, together with those that live.</exception>
    /// <exception cref="OutOfMemoryException">The message says how much was asked for beside what is held.</exception>
    internal Tensor LastingFloat8(Shape shape, DType type, long factors = 1)
    {
        using Stay stay = Enter();
        long scaleOffset = Math.Max(FactorBytes, (shape.Count + FactorBytes - 1) / FactorBytes * FactorBytes);
        long factorBytes = (factors * sizeof(float) + FactorBytes - 1) / FactorBytes * FactorBytes;
        Tensor whole = New(shape, type, LastingDepth, checked(scaleOffset + factorBytes));
        return new Tensor(whole.Buffer, shape, type, 0, scaleOffset, factors == 1 ? 0 : shape.Count / factors);
    }

    /// <summary>Gives a tensor's memory back before its scope ends, where a forward pass is sure not to need it any more.</summary>
    public void Release(Tensor tensor)
    {
        using Stay stay = Enter();
        int index = live.LastIndexOf(tensor.Buffer);
        if (index < 0)
            throw new TensorException($"{tensor} isn't owned by this memory.");
        live.RemoveAt(index);
        Recycle(tensor.Buffer);
    }

    /// <summary>Gives the blocks that no tensor uses back to the system.</summary>
    public void Trim()
    {
        using Stay stay = Enter();
        TrimTo(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        using Stay stay = Enter();
        disposed = true;
        scopes.Clear();
        owner = 0;
        EndFrom(LastingDepth);
        TrimTo(0);
    }

    /// <summary>Counts a peak of so many bytes beyond those that live.</summary>
    internal void CountPeak(long bytes) => PeakBytes = Math.Max(PeakBytes, LiveBytes + bytes);

    /// <summary>Keeps other callers out until the stay is over.</summary>
    /// <exception cref="InvalidOperationException">Another is inside, or has a scope open.</exception>
    internal Stay Enter()
    {
        int thread = Environment.CurrentManagedThreadId;
        int other = Interlocked.CompareExchange(ref inside, thread, 0);
        if (other == 0 && owner != 0 && owner != thread)
        {
            other = owner;
            Volatile.Write(ref inside, 0);
        }
        if (other != 0)
        {
            throw new InvalidOperationException(
                $"One caller at a time: thread {other} computes on {device.Name}; thread {thread} needs one of its own, or has to wait.");
        }
        if (disposed)
        {
            Volatile.Write(ref inside, 0);
            throw new ObjectDisposedException(nameof(Memory), $"The memory of {device.Name} was disposed; nothing can be computed in it.");
        }
        return new Stay(this);
    }

    /// <summary>Until what is returned is disposed, scopes' new tensors get the places that recorded work has for them.</summary>
    /// <exception cref="InvalidOperationException">Other work is being recorded.</exception>
    internal Placing PlaceIn(PlacedTensors tensors)
    {
        if (places is not null)
            throw new InvalidOperationException("Work is recorded within work that is recorded.");
        places = tensors;
        return new Placing(this);
    }

    /// <summary>Hands a tensor to the scope at a depth, if one further in owns it.</summary>
    internal void Move(Tensor tensor, int targetDepth, int depth, long serial)
    {
        using Stay stay = Enter();
        CheckOpen(depth, serial);
        TensorBuffer buffer = tensor.Buffer;
        if (buffer.ScopeDepth > targetDepth)
            buffer.ScopeDepth = targetDepth;
    }

    internal void End(int depth, long serial)
    {
        if (disposed) // whose scopes have all ended
            return;
        using Stay stay = Enter();
        CheckOpen(depth, serial);
        if (depth != scopes.Count)
            throw new TensorException($"A scope of tensors ends before {scopes.Count - depth} opened inside it; those end first.");
        EndFrom(depth);
        scopes.RemoveAt(depth - 1);
        if (depth == 1)
            owner = 0;
    }

    private Tensor New(Shape shape, DType type, int depth, long leastBytes = 0)
    {
        long asked = Math.Max(leastBytes, type.BytesOf(shape.Count));
        if (asked > long.MaxValue - LiveBytes - cachedBytes - 4096)
            throw new TensorException($"A tensor {type} {shape} is too large: its bytes, and those in use, don't fit 64 bits.");
        long bytes = Math.Max(64, (asked + 63) & ~63L);
        TensorBuffer buffer = places is null ? Take(bytes) : Placed(bytes, depth);
        buffer.ScopeDepth = depth;
        if (depth == LastingDepth)
            (lasting, LastingBytes) = (lasting + 1, LastingBytes + buffer.Bytes);
        live.Add(buffer);
        if (buffer.Places is not null)
            return new Tensor(buffer, shape, type);
        LiveBytes += buffer.Bytes;
        PeakBytes = Math.Max(PeakBytes, LiveBytes);
        return new Tensor(buffer, shape, type);
    }

    private void CheckOpen(int depth, long serial)
    {
        if (depth > scopes.Count || scopes[depth - 1] != serial)
            throw new TensorException("A scope of tensors is used after it ended; each ends once.");
    }

    private void EndFrom(int depth)
    {
        int kept = 0;
        for (int i = 0; i < live.Count; i++)
        {
            if (live[i].ScopeDepth >= depth)
                Recycle(live[i]);
            else
                live[kept++] = live[i];
        }
        live.RemoveRange(kept, live.Count - kept);
    }

    private TensorBuffer Placed(long bytes, int depth)
    {
        if (depth == LastingDepth)
            throw new InvalidOperationException($"A tensor of {bytes} bytes that lasts is made while work is recorded; make it before.");
        TensorBuffer buffer = spare.Count > 0 ? spare.Pop() : new TensorBuffer();
        places!.Take(buffer, bytes);
        return buffer;
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
        buffer.Device = device;
        return buffer;
    }

    private nint Allocate(long bytes)
    {
        try
        {
            return device.Allocate(bytes);
        }
        catch (OutOfMemoryException) when (free.Count > 0)
        {
            TrimTo(0); // what is kept for later may be in other pieces than the one that is needed now
            return Allocate(bytes);
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfMemoryException(
                $"{bytes / 1e9:F2} GB more are needed on {device.Name}, beside {LiveBytes / 1e9:F2} GB in use; "
                + "a smaller size, fewer frames or tiled decoding need less.",
                exception);
        }
    }

    private void Recycle(TensorBuffer buffer)
    {
        buffer.Generation++;
        if (buffer.Places is { } placed)
        {
            placed.Release(buffer);
            spare.Push(buffer);
            return;
        }
        if (buffer.ScopeDepth == LastingDepth)
            (lasting, LastingBytes) = (lasting - 1, LastingBytes - buffer.Bytes);
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

    /// <summary>While scopes' tensors have places.</summary>
    internal readonly ref struct Placing(Memory memory)
    {
        public void Dispose() => memory.places = null;
    }

    /// <summary>One caller's stay in the memory of a device.</summary>
    internal readonly ref struct Stay(Memory memory)
    {
        public void Dispose() => Volatile.Write(ref memory.inside, 0);
    }
}
