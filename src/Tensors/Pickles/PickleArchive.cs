using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Pickles;

/// <summary>What is in a PyTorch file: a pickle, and the storages that it names, found in either form of such files.</summary>
/// <param name="Tensors">By their names.</param>
/// <param name="IsBigEndian">Whether elements have their highest byte first.</param>
internal sealed record PickleArchive(Dictionary<string, PickleTensor> Tensors, bool IsBigEndian)
{
    private const string PickleName = "data.pkl", NotSaved = "this is a zip, but no file that torch.save wrote";

    /// <summary>A zip with the pickle as <c>TOP/data.pkl</c> and storages as <c>TOP/data/KEY</c>.</summary>
    /// <exception cref="FormatException">It is none, damaged, or asks for more than tensors.</exception>
    public static unsafe PickleArchive OfZip(MappedFile map)
    {
        var zip = new StoredZip(map);
        string[] pickles = [.. zip.Names.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw new FormatException(pickles.Length == 0
                ? $"{NotSaved}: it has no {PickleName}. Name a file of a model's weights."
                : $"it has {pickles.Length} pickles: {Quoted.Names(pickles)}. Use a file with one.");
        }
        string top = pickles[0][..^PickleName.Length];
        if (zip.Names.Contains(top + "constants.pkl") || zip.Names.Any(name => name.StartsWith(top + "code/", StringComparison.Ordinal)))
            throw new FormatException($"this is a TorchScript archive, a program with its weights. {PickleMachine.Refused}");
        (long begin, long bytes) = zip.Find(pickles[0])!.Value;
        var machine = new PickleMachine(new PickleReader(map.Start + begin, bytes));
        Dictionary<string, PickleTensor> tensors = PickleNames.Of(machine.Run());
        foreach (PickleStorage storage in machine.Storages.Values)
        {
            if (zip.Find($"{top}data/{storage.Key}") is not { } place)
                throw new FormatException($"storage {storage.Key} isn't in the file. {PickleMachine.Again}");
            if (place.Bytes != storage.Bytes)
            {
                throw new FormatException(
                    $"storage {storage.Key} has {place.Bytes} bytes, the pickle says {storage.Bytes}. {PickleMachine.Again}");
            }
            storage.Begin = place.Begin;
        }
        return new PickleArchive(tensors, IsBig(map, zip.Find(top + "byteorder")));
    }

    /// <summary>
    /// Pickles one behind the other, as before PyTorch 1.6: a magic number, a version, what the system was like, the object, the keys of
    /// storages; and then of each storage its count and its elements.
    /// </summary>
    /// <exception cref="FormatException">It is none, damaged, or asks for more than tensors.</exception>
    public static unsafe PickleArchive OfPickles(MappedFile map)
    {
        var reader = new PickleReader(map.Start, map.Length);
        if (!(new PickleMachine(reader).Run() is System.Numerics.BigInteger magic && magic == Magic))
            throw new FormatException("this is a pickle, but no file that torch.save wrote. Name a file of a model's weights.");
        if (new PickleMachine(reader).Run() is not 1001L)
            throw new FormatException($"this is a PyTorch file of an unknown version. {PickleMachine.Again}");
        if (IsBig(new PickleMachine(reader).Run()))
            throw new FormatException("it was saved in the older form on a big-endian machine. Save it anew with a later PyTorch.");
        var machine = new PickleMachine(reader);
        Dictionary<string, PickleTensor> tensors = PickleNames.Of(machine.Run());
        if (new PickleMachine(reader).Run() is not PickleItems { Kind: PickleKind.List } keys)
            throw new FormatException($"the list of its storages is missing. {PickleMachine.Again}");
        var unplaced = machine.Storages.ToDictionary();
        foreach (object? key in keys.All)
        {
            if (key is not string name || !unplaced.Remove(name, out PickleStorage? storage))
                throw new FormatException($"the list of its storages has one twice, or one that nothing names. {PickleMachine.Again}");
            long count = reader.Int64();
            if (count != storage.Count)
                throw new FormatException($"storage {name} has {count} elements, the pickle says {storage.Count}. {PickleMachine.Again}");
            storage.Begin = reader.Skip(storage.Bytes);
        }
        return unplaced.Count == 0
            ? new PickleArchive(tensors, IsBigEndian: false)
            : throw new FormatException($"storage {unplaced.Keys.First()} isn't in the file. {PickleMachine.Again}");
    }

    private static System.Numerics.BigInteger Magic => new([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    private static bool IsBig(object? system)
    {
        if (system is not PickleItems { IsDictionary: true } known)
            return false;
        for (int i = 0; i < known.Count; i += 2)
        {
            if (known[i] is "little_endian" && known[i + 1] is false)
                return true;
        }
        return false;
    }

    // Files of PyTorch 1.6 to 1.13 don't say.
    private static unsafe bool IsBig(MappedFile map, (long Begin, long Bytes)? order)
    {
        if (order is not { } place)
            return false;
        var text = new ReadOnlySpan<byte>(map.Start + place.Begin, (int)Math.Min(place.Bytes, 16));
        return text.SequenceEqual("big"u8) || (text.SequenceEqual("little"u8)
            ? false
            : throw new FormatException($"its byteorder is neither little nor big. {PickleMachine.Again}"));
    }
}
