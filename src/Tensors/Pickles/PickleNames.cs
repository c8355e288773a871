using System.Globalization;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Pickles;

/// <summary>
/// Gives the tensors of a pickle their names: keys of dictionaries and numbers in lists, one below the other, with dots. What stands in
/// several places, or in itself, has the name of the first place, but for tensors, which have all of theirs.
/// </summary>
internal sealed class PickleNames
{
    private const int MaxDepth = 64, LongestName = 4096;
    private const long MostCharacters = 4 << 20; // of all names: those of a large model come to a few hundred thousand

    private readonly Dictionary<string, PickleTensor> tensors = [];
    private readonly Stack<(PickleItems Items, int Next, string Prefix)> open = [];
    private long characters;

    private PickleNames() { }

    /// <summary>The tensors by their names, in the pickle's order.</summary>
    /// <exception cref="FormatException">There are none, a name stands twice or is absurd, or they are nested absurdly deep.</exception>
    public static Dictionary<string, PickleTensor> Of(object? root)
    {
        var names = new PickleNames();
        names.Enter(root, "");
        while (names.open.TryPop(out (PickleItems Items, int Next, string Prefix) place))
            names.Go(place.Items, place.Next, place.Prefix);
        return names.tensors.Count > 0
            ? names.tensors
            : throw new FormatException("it holds no tensors with names. Name a file of a model's weights.");
    }

    private void Go(PickleItems items, int next, string prefix)
    {
        int step = items.IsDictionary ? 2 : 1;
        if (next >= items.Count)
            return;
        open.Push((items, next + step, prefix));
        object? value = items[next + step - 1];
        if (value is not (PickleItems or PickleTensor) || NameOf(items, next) is not { } name)
            return;
        if (value is PickleItems { IsNamed: true })
            return; // before names are made that nobody needs
        if (prefix.Length + name.Length > LongestName)
            throw new FormatException($"it has names of more than {LongestName} characters. {PickleMachine.Refused}");
        string whole = prefix + name;
        if (value is PickleTensor tensor)
            Add(whole, tensor);
        else
            Enter(value, whole + ".");
    }

    private void Enter(object? value, string prefix)
    {
        if (value is not PickleItems { IsNamed: false } items)
            return;
        items.IsNamed = true;
        if (open.Count == MaxDepth)
            throw new FormatException($"it is nested more than {MaxDepth} deep; checkpoints are by a handful. {PickleMachine.Refused}");
        Count(prefix.Length);
        open.Push((items, 0, prefix));
    }

    private void Add(string name, PickleTensor tensor)
    {
        if (!TensorName.IsAllowed(name))
            throw new FormatException($"a tensor is called {Quoted.Name(name)}; {TensorName.Rule}. {PickleMachine.Again}");
        Count(name.Length);
        if (!tensors.TryAdd(name, tensor))
            throw new FormatException($"it has tensor {Quoted.Name(name)} twice. {PickleMachine.Again}");
    }

    private void Count(int added)
    {
        characters += added;
        if (characters > MostCharacters)
            throw new FormatException($"names of its tensors have more than {MostCharacters} characters. {PickleMachine.Refused}");
    }

    // Null where what is below has no name: a key that is neither text nor number.
    private static string? NameOf(PickleItems items, int index) => !items.IsDictionary
        ? index.ToString(CultureInfo.InvariantCulture)
        : items[index] switch
        {
            string text => text,
            long number => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
}
