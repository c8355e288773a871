using System.Globalization;

namespace CogVideoX.Tensors.Pickles;

/// <summary>A tensor of a PyTorch file: a view of a storage.</summary>
internal sealed class PickleTensor
{
    // A number that is repeated along a dimension is usual; one that is repeated until memory is full isn't.
    private const long SmallBytes = 64 << 10;

    private readonly long offset; // of the first element, in elements
    private readonly long[] strides;

    private PickleTensor(PickleStorage storage, DType type, Shape shape, long offset, long[] strides)
    {
        Storage = storage;
        Type = type;
        Shape = shape;
        this.offset = offset;
        this.strides = strides;
    }

    public PickleStorage Storage { get; }

    public DType Type { get; }

    public Shape Shape { get; }

    /// <summary>For each dimension, how many elements lie between neighbours.</summary>
    public ReadOnlySpan<long> Strides => strides;

    /// <summary>Where the first element lies in the file; known when the storage's place is.</summary>
    public long Begin => Storage.Begin + offset * Type.Size;

    /// <summary>Whether the elements lie one behind the other in the order of the shape.</summary>
    public bool IsContiguous
    {
        get
        {
            long next = 1;
            for (int i = Shape.Rank - 1; i >= 0 && Shape.Count > 0; i--)
            {
                if (Shape[i] > 1 && strides[i] != next)
                    return false;
                next *= Shape[i];
            }
            return true;
        }
    }

    /// <summary>What a call makes of (storage, offset, sizes, strides, requires_grad, hooks, type).</summary>
    /// <param name="arguments">Of the call.</param>
    /// <param name="isTyped">Whether the type is among them.</param>
    /// <exception cref="FormatException">An argument isn't what it should be, or the tensor leaves its storage.</exception>
    public static PickleTensor Of(PickleItems arguments, bool isTyped)
    {
        if (arguments.Count < (isTyped ? 7 : 6) || arguments[0] is not PickleStorage storage || arguments[1] is not long offset
            || arguments[2] is not PickleItems { Kind: PickleKind.Tuple } sizes
            || arguments[3] is not PickleItems { Kind: PickleKind.Tuple } strides)
        {
            throw new FormatException($"a tensor isn't made of a storage, an offset, sizes and strides. {PickleMachine.Again}");
        }
        DType? type = isTyped ? (arguments[6] as PickleGlobal is { IsStorage: false } named ? named.Type : null) : storage.Type;
        if (type is null || (isTyped && storage.Type is not null))
            throw new FormatException($"a tensor's type of elements isn't told, or twice. {PickleMachine.Again}");
        if (arguments.Count > (isTyped ? 7 : 6) && arguments[isTyped ? 7 : 6] is PickleItems { Count: > 0 })
            throw new FormatException($"a tensor has marks that change what its elements mean. {PickleMachine.Refused}");
        var tensor = new PickleTensor(storage, type.Value, ShapeOf(sizes), offset, [.. Numbers(strides)]);
        tensor.Check();
        return tensor;
    }

    private void Check()
    {
        if (strides.Length != Shape.Rank)
            throw Bad($"should have a stride for each dimension, not {strides.Length}");
        long there = Storage.Bytes / Type.Size;
        Int128 last = offset;
        for (int i = 0; i < strides.Length; i++)
        {
            if (strides[i] < 0)
                throw Bad($"has the stride {strides[i]}");
            last += (Int128)strides[i] * Math.Max(0, Shape[i] - 1);
        }
        if (offset < 0 || (Shape.Count > 0 ? last >= there : offset > there))
            throw Bad($"leaves its storage, which has {there} elements");
        if ((Int128)Shape.Count * Type.Size > Math.Max(Storage.Bytes, SmallBytes))
            throw Bad($"repeats {there} elements of its storage so often that it would take more memory than that has");
    }

    private FormatException Bad(string problem)
    {
        string which = string.Create(CultureInfo.InvariantCulture, $"{Type} {Shape} from element {offset} of storage {Storage.Key}");
        return new FormatException($"a tensor {which} {problem}. {PickleMachine.Again}");
    }

    private static Shape ShapeOf(PickleItems sizes)
    {
        int[] all = [.. Numbers(sizes).Select(size => size is >= 0 and <= int.MaxValue
            ? (int)size
            : throw new FormatException($"a tensor has a dimension of the size {size}. {PickleMachine.Again}"))];
        try
        {
            return new Shape(all);
        }
        catch (TensorException exception)
        {
            throw new FormatException($"a tensor has sizes that can't be: {exception.Message} {PickleMachine.Again}", exception);
        }
    }

    private static long[] Numbers(PickleItems items)
    {
        long[] numbers = new long[items.Count];
        if (items.Count > Shape.MaxRank)
            throw new FormatException($"a tensor has {items.Count} dimensions; there may be {Shape.MaxRank}. {PickleMachine.Again}");
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = items[i] is long number
                ? number
                : throw new FormatException($"a size or stride of a tensor is no number. {PickleMachine.Again}");
        }
        return numbers;
    }
}
