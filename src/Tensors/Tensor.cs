using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// A dense row-major array of numbers in memory that a <see cref="Memory"/> scope or a mapped file owns. Copying the struct copies
/// no data. Using one whose memory was given back is an error, not a crash.
/// </summary>
public readonly struct Tensor
{
    private readonly TensorBuffer? buffer;
    private readonly int generation;
    private readonly long byteOffset;
    private readonly long scaleOffset; // of the factors that elements are multiplied with, in the same block; 0 for none
    private readonly long scaleElements; // how many share one; 0 for all

    internal Tensor(TensorBuffer buffer, Shape shape, DType type, long byteOffset = 0, long scaleOffset = 0, long scaleElements = 0)
    {
        this.buffer = buffer;
        generation = buffer.Generation;
        this.byteOffset = byteOffset;
        this.scaleOffset = scaleOffset;
        this.scaleElements = scaleElements;
        Shape = shape;
        Type = type;
    }

    /// <summary>Sizes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public DType Type { get; }

    /// <summary>How many elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Type.BytesOf(Shape.Count);

    /// <summary>True for <c>default</c>, which stands for "no tensor" where an argument is optional.</summary>
    public bool IsNone => buffer is null;

    /// <summary>Whether the contents are in this process's memory, where they can be seen in place.</summary>
    public bool IsOnHost => Place == MemoryPlace.Host;

    internal MemoryPlace Place => Buffer.Place;

    internal TensorBuffer Buffer
    {
        get
        {
            if (buffer is null)
                throw new TensorException("There is no tensor here (default).");
            if (buffer.Generation != generation)
            {
                throw new TensorException(
                    $"A tensor {Type} {Shape} is used after the scope that owned its memory ended; Keep it in the scope that returns it.");
            }
            return buffer;
        }
    }

    /// <summary>Whether the elements are those of a mapped file, which nothing changes.</summary>
    internal bool IsInMappedFile => Buffer is { IsReadOnly: true, Device: null };

    /// <summary>Where the elements are, for as long as their block is known.</summary>
    internal unsafe (TensorBuffer Buffer, nint Address) Home => (Buffer, (nint)Address);

    internal unsafe byte* Address => (byte*)Buffer.Address + byteOffset;

    /// <summary>The same elements under another shape.</summary>
    /// <exception cref="TensorException">The counts of elements differ.</exception>
    public Tensor Reshape(Shape shape) => shape.Count == Shape.Count
        ? new Tensor(Buffer, shape, Type, byteOffset, scaleOffset, scaleElements)
        : throw new TensorException($"{Shape} can't be seen as {shape}: {Shape.Count} elements against {shape.Count}.");

    /// <summary>Rows <paramref name="start"/> … of the outermost dimension, as a view.</summary>
    /// <exception cref="TensorException">The range leaves the tensor.</exception>
    public Tensor Rows(int start, int count)
    {
        if (Shape.Rank == 0 || start < 0 || count < 0 || start > Shape[0] - count)
            throw new TensorException($"Rows {start} … {start + (long)count - 1} leave the tensor {Shape}.");
        long first = start * Shape.Product(1, Shape.Rank);
        (long factor, long rest) = scaleElements == 0 ? (0, 0) : Math.DivRem(first, scaleElements);
        if (rest != 0)
            throw new TensorException($"Row {start} of {this} begins within {scaleElements} elements that share a factor.");
        return new Tensor(
            Buffer, Shape.With(0, count), Type, byteOffset + Type.BytesOf(first), scaleOffset + factor * sizeof(float), scaleElements);
    }

    /// <summary>The same elements multiplied with factors.</summary>
    /// <param name="factors">F32, on the host and in the same block: one, or as many as the outermost dimension has rows.</param>
    /// <exception cref="TensorException">Not 8-bit floats, or factors that aren't so.</exception>
    internal unsafe Tensor ScaledBy(Tensor factors)
    {
        bool areOfRows = Shape.Rank > 1 && factors.Count == Shape[0] && factors.Count > 1;
        if (Type != DType.F8E4M3 && Type != DType.F8E5M2)
            throw new TensorException($"8-bit floats have factors, not {this}.");
        if (factors.Type != DType.F32 || !ReferenceEquals(factors.Buffer, Buffer) || (factors.Count != 1 && !areOfRows))
            throw new TensorException($"{this} can't have the factors {factors}; one is needed, or one for each row, F32, in its file.");
        return new Tensor(
            Buffer, Shape, Type, byteOffset, factors.Address - (byte*)Buffer.Address, areOfRows ? Shape.Product(1, Shape.Rank) : 0);
    }

    /// <summary>The same bytes as elements of another type.</summary>
    /// <exception cref="TensorException">They don't take as many bytes.</exception>
    internal Tensor As(DType type, Shape shape) => type.BytesOf(shape.Count) == Bytes && !IsScaled
        ? new Tensor(Buffer, shape, type, byteOffset)
        : throw new TensorException($"{this} can't be seen as {type} {shape}, which has other bytes.");

    /// <summary>The elements in place, to be written. Only for tensors of <typeparamref name="T"/>'s size on the host.</summary>
    /// <exception cref="TensorException">
    /// Another type, more than 2³¹ elements, contents elsewhere or none, or a mapped file, which is read-only.
    /// </exception>
    public unsafe Span<T> AsSpan<T>() where T : unmanaged
    {
        ReadOnlySpan<T> elements = AsReadOnlySpan<T>();
        if (Buffer.IsReadOnly)
        {
            throw new TensorException(
                $"{Type} {Shape} lies in a mapped file and can't be written to; read it with AsReadOnlySpan, or copy it.");
        }
        return new Span<T>(Address, elements.Length);
    }

    /// <summary>The elements in place, to be read; otherwise as <see cref="AsSpan"/>.</summary>
    /// <exception cref="TensorException">Another type, more than 2³¹ elements, or contents elsewhere or none.</exception>
    public unsafe ReadOnlySpan<T> AsReadOnlySpan<T>() where T : unmanaged
    {
        if (sizeof(T) != Type.Size)
            throw new TensorException($"{Type} elements have {Type.Size} bytes, {typeof(T).Name} has {sizeof(T)}.");
        CheckOnHost();
        if (Count > int.MaxValue)
            throw new TensorException($"{Shape} has too many elements for one span; take Rows of it.");
        return new ReadOnlySpan<T>(Address, (int)Count);
    }

    /// <summary>Whether type, shape and every bit of the elements are the same; not of elements with factors. Only on the host.</summary>
    /// <exception cref="TensorException">The contents of one are elsewhere, or there are none.</exception>
    public unsafe bool HasSameElements(Tensor other)
    {
        if (Type != other.Type || Shape != other.Shape || IsScaled || other.IsScaled)
            return false;
        CheckOnHost();
        other.CheckOnHost();
        if (Home == other.Home)
            return true;
        const int Chunk = 1 << 30;
        for (long start = 0; start < Bytes; start += Chunk)
        {
            int length = (int)Math.Min(Chunk, Bytes - start);
            if (!new ReadOnlySpan<byte>(Address + start, length).SequenceEqual(new ReadOnlySpan<byte>(other.Address + start, length)))
                return false;
        }
        return true;
    }

    /// <summary>A copy of the elements as fp32, from any float type.</summary>
    /// <exception cref="TensorException">Not a float type that kernels read, or too many elements for an array.</exception>
    public unsafe float[] ToFloats()
    {
        ElementFormat format = Type.Format;
        if (Count > Array.MaxLength)
            throw new TensorException($"{Type} {Shape} has too many elements for one array.");
        var result = new float[Count];
        fixed (float* target = result)
        {
            if (Place == MemoryPlace.Host)
                Widen.ToFloats(Elements, target, (int)Count);
            else
                CopyOut(format, target);
        }
        return result;
    }

    /// <summary>Copies the elements into this process, from wherever they are, when they are computed.</summary>
    /// <param name="destination">As many bytes as the elements have.</param>
    /// <exception cref="TensorException">Another size, or there are no contents.</exception>
    public unsafe void CopyTo(Span<byte> destination)
    {
        if (destination.Length != Bytes)
            throw new TensorException($"{Type} {Shape} has {Bytes} bytes, not {destination.Length}.");
        CopyTo(0, destination);
    }

    internal unsafe void CopyTo(long byteOffset, Span<byte> destination)
    {
        CheckHasContents();
        fixed (byte* target = destination)
        {
            if (Buffer.Device is { } device)
                device.CopyOut((nint)(Address + byteOffset), target, destination.Length);
            else
                new ReadOnlySpan<byte>(Address + byteOffset, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>Such as <c>BF16 [1920, 4096]</c>.</summary>
    public override string ToString() => IsNone ? "none" : $"{Type} {Shape}";

    /// <summary>Whether elements are multiplied with factors beside them.</summary>
    internal bool IsScaled => scaleOffset != 0;

    /// <summary>Bytes of an element, to be moved without what is beside it.</summary>
    /// <exception cref="TensorException">It means nothing without: it lies in a block, or is multiplied with a factor.</exception>
    internal int LoneElementBytes => IsScaled
        ? throw new TensorException($"{this} has factors beside its elements, which can't be moved without them.")
        : Type.Size;

    /// <summary>Where the factors lie that elements are multiplied with; null for none.</summary>
    internal unsafe float* ScaleAddress => scaleOffset == 0 ? null : (float*)((byte*)Buffer.Address + scaleOffset);

    /// <summary>The bytes of the factors, on the host; empty for none.</summary>
    internal unsafe ReadOnlySpan<byte> FactorBytes => new(ScaleAddress, checked((int)ScaleCount * sizeof(float)));

    /// <summary>How many factors there are.</summary>
    internal long ScaleCount => scaleOffset == 0 ? 0 : scaleElements == 0 ? 1 : Count / scaleElements;

    /// <summary>For kernels: the elements as they are stored; null for no tensor.</summary>
    internal unsafe Elements Elements => IsNone ? default
        : scaleOffset == 0 ? new Elements(Address, Type.Format)
        : new Elements(Address, Type.Format).Scaled(new ElementScales(ScaleAddress, scaleElements));

    private unsafe void CopyOut(ElementFormat format, float* target)
    {
        byte[] stored = new byte[Bytes];
        CopyTo(stored);
        float[] factors = new float[ScaleCount];
        fixed (float* scales = factors)
        {
            if (IsScaled)
                Buffer.Device!.CopyOut((nint)ScaleAddress, scales, factors.Length * (long)sizeof(float));
            fixed (byte* source = stored)
            {
                var elements = new Elements(source, format);
                Widen.ToFloats(IsScaled ? elements.Scaled(new ElementScales(scales, scaleElements)) : elements, target, (int)Count);
            }
        }
    }

    private void CheckHasContents()
    {
        if (Place == MemoryPlace.Nowhere)
            throw new TensorException($"{Type} {Shape} is of a dry run, which has no contents.");
    }

    private void CheckOnHost()
    {
        CheckHasContents();
        if (Place != MemoryPlace.Host)
        {
            throw new TensorException(
                $"{Type} {Shape} lies on {Buffer.Device!.Name}, where this program can't read in place; copy it out.");
        }
    }
}
