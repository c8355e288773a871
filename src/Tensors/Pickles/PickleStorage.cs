namespace CogVideoX.Tensors.Pickles;

/// <summary>A block of elements that tensors of a PyTorch file view.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Of its elements; null where it is counted in bytes.</param>
/// <param name="Count">Elements, or bytes.</param>
internal sealed record PickleStorage(string Key, DType? Type, long Count)
{
    private const int LongestKey = 64;

    /// <summary>Bytes of all elements: the count was checked to be small enough.</summary>
    public long Bytes => Count * (Type?.Size ?? 1);

    /// <summary>Where it lies in the file, when that was found out.</summary>
    public long Begin { get; set; }

    /// <summary>The storage of a persistent id: ('storage', type, key, location, count); old files have a view at the end.</summary>
    /// <exception cref="FormatException">It is another id, or has an impossible value.</exception>
    public static PickleStorage Of(object? id)
    {
        if (id is not PickleItems { Kind: PickleKind.Tuple, Count: 5 or 6 } parts || parts[0] is not "storage"
            || parts[1] is not PickleGlobal { IsStorage: true } type || parts[2] is not string key || parts[3] is not string
            || parts[4] is not long count)
        {
            throw new FormatException($"it has a persistent id that isn't that of a storage. {PickleMachine.Again}");
        }
        if (key.Length is 0 or > LongestKey || !key.All(char.IsAsciiLetterOrDigit))
            throw new FormatException($"a storage has the key {Safetensors.Quoted.Name(key)}; keys are numbers. {PickleMachine.Again}");
        if (parts.Count == 6 && parts[5] is not null)
        {
            throw new FormatException(
                "a storage is a view of another, as PyTorch before 0.4 wrote them. Save it anew with a later PyTorch, as safetensors.");
        }
        return count is >= 0 and < long.MaxValue / 8
            ? new PickleStorage(key, type.Type, count)
            : throw new FormatException($"storage {key} is said to have {count} elements. {PickleMachine.Again}");
    }
}
