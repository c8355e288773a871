namespace CogVideoX.Tensors.Pickles;

/// <summary>What holds other values in a pickle.</summary>
internal enum PickleKind
{
    Tuple,
    List,
    Dictionary,
    OrderedDictionary,
}

/// <summary>A tuple, list or dictionary; of the latter two, keys and values take turns.</summary>
/// <param name="kind">Which.</param>
/// <param name="items">What is in it; taken over.</param>
internal sealed class PickleItems(PickleKind kind, object?[] items)
{
    private object?[] items = items;

    public PickleKind Kind => kind;

    public bool IsDictionary => kind is PickleKind.Dictionary or PickleKind.OrderedDictionary;

    public int Count { get; private set; } = items.Length;

    /// <summary>Whether names of what is in it were given: it may stand in many places, and in itself.</summary>
    public bool IsNamed { get; set; }

    public object? this[int index] => items[index];

    public ReadOnlySpan<object?> All => items.AsSpan(0, Count);

    public void Add(object? item)
    {
        if (Count == items.Length)
            Array.Resize(ref items, Math.Max(4, 2 * Count));
        items[Count++] = item;
    }
}
