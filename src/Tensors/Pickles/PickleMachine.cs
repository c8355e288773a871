using System.Numerics;

namespace CogVideoX.Tensors.Pickles;

/// <summary>
/// Reads a pickle as PyTorch writes them (protocol 2) and makes of it tuples, lists, dictionaries, texts, numbers and descriptions of
/// tensors. It knows no other opcodes and calls nothing: a global is a word of <see cref="PickleGlobals"/>, a call of one an entry in a
/// switch. There is no recursion, and an opcode makes a few dozen bytes at most, or as many as it has in the file.
/// </summary>
/// <param name="reader">Stands before the pickle, and behind it when it was read.</param>
internal sealed class PickleMachine(PickleReader reader)
{
    /// <summary>What to do with a damaged file, as a sentence.</summary>
    public const string Again = "Download it again, or save it anew.";

    /// <summary>What to do with a file that asks for more than tensors, as two sentences.</summary>
    public const string Refused =
        "Nothing of it was run. Use a safetensors file of these weights, or have somebody whom you trust convert it.";

    /// <summary>Far more than the weights of a large model take: about thirty make a tensor.</summary>
    private const int MostOpcodes = 500_000;

    private static readonly object Ignored = new();

    // Of later protocols, of older ones, and of objects.
    private static readonly (int Code, string Name)[] OtherOpcodes =
    [
        ('i', "INST"), ('o', "OBJ"), (0x81, "NEWOBJ"), (0x92, "NEWOBJ_EX"), (0x93, "STACK_GLOBAL"), (0x82, "EXT1"), (0x83, "EXT2"),
        (0x84, "EXT4"), ('P', "PERSID"), (0x95, "FRAME"), (0x94, "MEMOIZE"), (0x8B, "LONG4"), ('B', "BINBYTES"),
        ('C', "SHORT_BINBYTES"), (0x8E, "BINBYTES8"), (0x8C, "SHORT_BINUNICODE"), (0x8D, "BINUNICODE8"), (0x8F, "EMPTY_SET"),
        (0x90, "ADDITEMS"), (0x91, "FROZENSET"), (0x96, "BYTEARRAY8"), (0x97, "NEXT_BUFFER"), (0x98, "READONLY_BUFFER"),
        ('T', "BINSTRING"), ('U', "SHORT_BINSTRING"), ('S', "STRING"), ('V', "UNICODE"), ('I', "INT"), ('L', "LONG"), ('F', "FLOAT"),
        ('0', "POP"), ('1', "POP_MARK"), ('2', "DUP"), ('d', "DICT"), ('l', "LIST"), ('g', "GET"), ('p', "PUT"),
    ];

    private readonly Dictionary<string, PickleStorage> storages = [];
    private readonly Dictionary<uint, object?> memo = [];
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];

    /// <summary>The storages that were named, by their keys.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => storages;

    /// <summary>Reads to the end of the pickle.</summary>
    /// <returns>What it holds.</returns>
    /// <exception cref="FormatException">It is damaged, or asks for something that isn't known.</exception>
    public object? Run()
    {
        for (int opcodes = 0; opcodes < MostOpcodes; opcodes++)
        {
            byte opcode = reader.Byte();
            if (opcode == '.')
                return Pop();
            Do(opcode);
        }
        throw new FormatException($"its pickle has more than {MostOpcodes} opcodes; a checkpoint has fewer. {Refused}");
    }

    private void Do(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: CheckProtocol(reader.Byte()); break;
            case (byte)'}': Push(new PickleItems(PickleKind.Dictionary, [])); break;
            case (byte)']': Push(new PickleItems(PickleKind.List, [])); break;
            case (byte)')': Push(new PickleItems(PickleKind.Tuple, [])); break;
            case (byte)'N': Push(null); break;
            case 0x88 or 0x89: Push(opcode == 0x88); break;
            case (byte)'K': Push((long)reader.Byte()); break;
            case (byte)'M': Push((long)reader.UInt16()); break;
            case (byte)'J': Push((long)reader.Int32()); break;
            case 0x8A: Push(Long(reader.Take(reader.Byte()))); break;
            case (byte)'G': reader.Take(sizeof(double)); Push(Ignored); break;
            case (byte)'X': Push(reader.Text()); break;
            case (byte)'c': Push(PickleGlobals.Find(reader.Line(), reader.Line())); break;
            case (byte)'h': Get(reader.Byte()); break;
            case (byte)'j': Get(reader.UInt32()); break;
            case (byte)'q': memo[reader.Byte()] = Top(); break;
            case (byte)'r': memo[reader.UInt32()] = Top(); break;
            case (byte)'(': marks.Add(stack.Count); break;
            case (byte)'t': Push(new PickleItems(PickleKind.Tuple, PopMarked())); break;
            case >= 0x85 and <= 0x87: Push(new PickleItems(PickleKind.Tuple, Pop(opcode - 0x84))); break;
            case (byte)'a': Append(Pop(1)); break;
            case (byte)'e': Append(PopMarked()); break;
            case (byte)'s': Set(Pop(2)); break;
            case (byte)'u': Set(PopMarked()); break;
            case (byte)'b': Build(); break;
            case (byte)'R': Push(Call()); break;
            case (byte)'Q': Push(Storage()); break;
            default: throw Unknown(opcode);
        }
    }

    private object Call()
    {
        object? arguments = Pop();
        if (Pop() is not PickleGlobal { IsCalled: true } called || arguments is not PickleItems { Kind: PickleKind.Tuple } given)
            throw new FormatException($"it calls something that can't be called. {Refused}");
        return called.Role switch
        {
            PickleRole.OrderedDictionary => given.Count == 0
                ? new PickleItems(PickleKind.OrderedDictionary, [])
                : throw new FormatException($"it has an OrderedDict that is made of something. {Refused}"),
            PickleRole.Tensor => PickleTensor.Of(given, isTyped: false),
            PickleRole.TypedTensor => PickleTensor.Of(given, isTyped: true),
            PickleRole.Parameter => given.Count > 0 && given[0] is PickleTensor tensor
                ? tensor
                : throw new FormatException($"it has a parameter that is no tensor. {Again}"),
            _ => Ignored,
        };
    }

    // Attributes of a module's state, such as the version of each part. Nothing else has any here.
    private void Build()
    {
        Pop();
        if (Top() is not PickleItems { Kind: PickleKind.OrderedDictionary })
            throw new FormatException($"it sets attributes (BUILD) of something that isn't an OrderedDict. {Refused}");
    }

    private PickleStorage Storage()
    {
        PickleStorage storage = PickleStorage.Of(Pop());
        if (storages.TryAdd(storage.Key, storage))
            return storage;
        PickleStorage known = storages[storage.Key];
        return (known.Type, known.Count) == (storage.Type, storage.Count)
            ? known
            : throw new FormatException($"it describes storage {storage.Key} in two ways. {Again}");
    }

    private void Append(object?[] added)
    {
        if (Top() is not PickleItems { Kind: PickleKind.List } list)
            throw Disorder();
        foreach (object? item in added)
            list.Add(item);
    }

    private void Set(object?[] added)
    {
        if (Top() is not PickleItems { IsDictionary: true } dictionary || added.Length % 2 != 0)
            throw Disorder();
        foreach (object? item in added)
            dictionary.Add(item);
    }

    private void Get(uint index) => Push(memo.TryGetValue(index, out object? value) ? value : throw Disorder());

    private void Push(object? value) => stack.Add(value);

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Disorder();

    private object? Pop()
    {
        object? value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] Pop(int count)
    {
        if (stack.Count - Floor < count)
            throw Disorder();
        object?[] popped = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return popped;
    }

    private object?[] PopMarked()
    {
        if (marks.Count == 0)
            throw Disorder();
        object?[] popped = Pop(stack.Count - Floor);
        marks.RemoveAt(marks.Count - 1);
        return popped;
    }

    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    private static object Long(ReadOnlySpan<byte> bytes)
    {
        var number = new BigInteger(bytes);
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol != 2)
            throw new FormatException($"its pickle has protocol {protocol}; only 2 is read, which torch.save writes. {Refused}");
    }

    private static FormatException Unknown(byte opcode)
    {
        string name = OtherOpcodes.FirstOrDefault(other => other.Code == opcode).Name ?? $"0x{opcode:X2}";
        return new FormatException($"its pickle has the opcode {name}, which torch.save doesn't write. {Refused}");
    }

    private static FormatException Disorder() => new($"its pickle is out of order: an opcode doesn't find what it works on. {Again}");
}
