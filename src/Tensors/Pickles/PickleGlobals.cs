namespace CogVideoX.Tensors.Pickles;

/// <summary>What a global of a pickle stands for here. It isn't looked up anywhere: the list is all there is.</summary>
internal enum PickleRole
{
    /// <summary>A type of elements, as a storage's or for itself.</summary>
    Type,

    /// <summary>A storage that is counted in bytes.</summary>
    Untyped,
    OrderedDictionary,
    Tensor,
    TypedTensor,
    Parameter,

    /// <summary>Makes something that isn't needed: a size, a device, a set, bytes.</summary>
    Ignored,
}

/// <summary>A global that pickles of tensors name.</summary>
/// <param name="Role">What it stands for.</param>
/// <param name="Type">Of elements; null where it is none.</param>
/// <param name="IsStorage">Whether it is the type of a storage.</param>
internal sealed record PickleGlobal(PickleRole Role, DType? Type = null, bool IsStorage = false)
{
    /// <summary>Whether a pickle may call it.</summary>
    public bool IsCalled => Role is not (PickleRole.Type or PickleRole.Untyped);
}

/// <summary>All globals that are read: those which <c>torch.save</c> writes for tensors and plain values beside them.</summary>
internal static class PickleGlobals
{
    private static readonly PickleGlobal Ignored = new(PickleRole.Ignored);

    private static readonly Dictionary<string, PickleGlobal> Known = new()
    {
        ["collections OrderedDict"] = new(PickleRole.OrderedDictionary),
        ["torch._utils _rebuild_tensor_v2"] = new(PickleRole.Tensor),
        ["torch._utils _rebuild_tensor_v3"] = new(PickleRole.TypedTensor),
        ["torch._utils _rebuild_parameter"] = new(PickleRole.Parameter),
        ["torch FloatStorage"] = Storage(DType.F32),
        ["torch HalfStorage"] = Storage(DType.F16),
        ["torch BFloat16Storage"] = Storage(DType.BF16),
        ["torch DoubleStorage"] = Storage(DType.F64),
        ["torch LongStorage"] = Storage(DType.I64),
        ["torch IntStorage"] = Storage(DType.I32),
        ["torch ShortStorage"] = Storage(DType.I16),
        ["torch CharStorage"] = Storage(DType.I8),
        ["torch ByteStorage"] = Storage(DType.U8),
        ["torch BoolStorage"] = Storage(DType.Bool),
        ["torch.storage UntypedStorage"] = new(PickleRole.Untyped, IsStorage: true),
        ["torch float32"] = Of(DType.F32),
        ["torch float16"] = Of(DType.F16),
        ["torch bfloat16"] = Of(DType.BF16),
        ["torch float8_e4m3fn"] = Of(DType.F8E4M3),
        ["torch float8_e5m2"] = Of(DType.F8E5M2),
        ["torch float64"] = Of(DType.F64),
        ["torch int64"] = Of(DType.I64),
        ["torch int32"] = Of(DType.I32),
        ["torch int16"] = Of(DType.I16),
        ["torch int8"] = Of(DType.I8),
        ["torch uint64"] = Of(DType.U64),
        ["torch uint32"] = Of(DType.U32),
        ["torch uint16"] = Of(DType.U16),
        ["torch uint8"] = Of(DType.U8),
        ["torch bool"] = Of(DType.Bool),
        ["torch Size"] = Ignored,
        ["torch device"] = Ignored,
        ["__builtin__ set"] = Ignored,
        ["_codecs encode"] = Ignored,
    };

    /// <exception cref="FormatException">It isn't on the list: the message has its name.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        if (Known.TryGetValue($"{module} {name}", out PickleGlobal? global))
            return global;
        string whole = Safetensors.Quoted.Name($"{module}.{name}");
        string what = module.StartsWith("torch.nn.", StringComparison.Ordinal)
            ? $"it holds a whole module, not its weights alone: it needs {whole}"
            : $"it asks for {whole}, which isn't among the few things that hold tensors";
        throw new FormatException($"{what}. {PickleMachine.Refused}");
    }

    private static PickleGlobal Storage(DType type) => new(PickleRole.Type, type, IsStorage: true);

    private static PickleGlobal Of(DType type) => new(PickleRole.Type, type);
}
