using CogVideoX.Kernels;

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

    internal Tensor(TensorBuffer buffer, Shape shape, DType type, long byteOffset = 0)
    {
        this.buffer = buffer;
        generation = buffer.Generation;
        this.byteOffset = byteOffset;
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
    public long Bytes => Shape.Count * Type.Size;

    /// <summary>True for <c>default</c>, which stands for "no tensor" where an argument is optional.</summary>
    public bool IsNone => buffer is null;

    /// <summary>False in a dry run, where tensors have shapes but no contents.</summary>
    public bool HoldsData => Buffer.HoldsData;

    internal TensorBuffer Buffer
    {
        get
        {
            if (buffer is null)
                throw new TensorException("There is no tensor here (default).");
            if (buffer.Generation != generation)
                throw new TensorException($"A tensor {Type} {Shape} is used after the scope that owned its memory ended; Keep it in the scope that returns it.");
            return buffer;
        }
    }

    internal unsafe byte* Address => (byte*)Buffer.Address + byteOffset;

    /// <summary>The same elements under another shape.</summary>
    /// <exception cref="TensorException">The counts of elements differ.</exception>
    public Tensor Reshape(Shape shape) => shape.Count == Shape.Count
        ? new Tensor(Buffer, shape, Type, byteOffset)
        : throw new TensorException($"{Shape} can't be seen as {shape}: {Shape.Count} elements against {shape.Count}.");

    /// <summary>Rows <paramref name="start"/> … of the outermost dimension, as a view.</summary>
    /// <exception cref="TensorException">The range leaves the tensor.</exception>
    public Tensor Rows(int start, int count)
    {
        if (Shape.Rank == 0 || start < 0 || count < 0 || start > Shape[0] - count)
            throw new TensorException($"Rows {start} … {start + (long)count - 1} leave the tensor {Shape}.");
        long rowBytes = Shape.Product(1, Shape.Rank) * Type.Size;
        return new Tensor(Buffer, Shape.With(0, count), Type, byteOffset + start * rowBytes);
    }

    /// <summary>The elements in place, to be written. Only for tensors of <typeparamref name="T"/>'s size on a device whose memory the CPU sees.</summary>
    /// <exception cref="TensorException">Another type, more than 2³¹ elements, a dry run, or a tensor of a mapped file, which is read-only.</exception>
    public unsafe Span<T> AsSpan<T>() where T : unmanaged
    {
        ReadOnlySpan<T> elements = AsReadOnlySpan<T>();
        if (Buffer.IsReadOnly)
            throw new TensorException($"{Type} {Shape} lies in a mapped file and can't be written to; read it with AsReadOnlySpan, or copy it.");
        return new Span<T>(Address, elements.Length);
    }

    /// <summary>The elements in place, to be read; otherwise as <see cref="AsSpan"/>.</summary>
    /// <exception cref="TensorException">Another type, more than 2³¹ elements, or a dry run.</exception>
    public unsafe ReadOnlySpan<T> AsReadOnlySpan<T>() where T : unmanaged
    {
        if (sizeof(T) != Type.Size)
            throw new TensorException($"{Type} elements have {Type.Size} bytes, {typeof(T).Name} has {sizeof(T)}.");
        if (!HoldsData)
            throw new TensorException("A dry run has no contents to read.");
        if (Count > int.MaxValue)
            throw new TensorException($"{Shape} has too many elements for one span; take Rows of it.");
        return new ReadOnlySpan<T>(Address, (int)Count);
    }

    /// <summary>Whether type, shape and every bit of the elements are the same. Only where the CPU sees the memory.</summary>
    /// <exception cref="TensorException">A dry run has no contents to compare.</exception>
    public unsafe bool HasSameElements(Tensor other)
    {
        if (Type != other.Type || Shape != other.Shape)
            return false;
        if (!HoldsData || !other.HoldsData)
            throw new TensorException("A dry run has no contents to compare.");
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
        WeightPointer source = Weight;
        if (!HoldsData || Count > Array.MaxLength)
            throw new TensorException($"The contents of {Type} {Shape} can't be copied into one array.");
        var result = new float[Count];
        fixed (float* target = result)
            Widen.ToFloats(source, target, (int)Count);
        return result;
    }

    /// <summary>Such as <c>BF16 [1920, 4096]</c>.</summary>
    public override string ToString() => IsNone ? "none" : $"{Type} {Shape}";

    /// <summary>For kernels: fp32 elements.</summary>
    internal unsafe float* Floats => Type == DType.F32 ? (float*)Address : throw new TensorException($"Activations are F32 here, not {Type}.");

    /// <summary>For kernels: weights in their stored type; null for no tensor.</summary>
    internal unsafe WeightPointer Weight => IsNone ? default : new WeightPointer(Address, Type.Format);
}
