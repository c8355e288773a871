namespace CogVideoX.Tensors.Gguf;

/// <summary>
/// The numbers under which GGUF files have types of elements (<c>ggml_type</c>, github.com/ggml-org/ggml, <c>ggml.h</c>).
/// </summary>
internal static class GgufTypes
{
    private static readonly Dictionary<uint, DType> Read = Dictionary(
    [
        (0, DType.F32), (1, DType.F16), (30, DType.BF16), (28, DType.F64),
        (24, DType.I8), (25, DType.I16), (26, DType.I32), (27, DType.I64),
        (2, DType.Q4Blocks32), (3, DType.Q4MinBlocks32), (6, DType.Q5Blocks32), (7, DType.Q5MinBlocks32), (8, DType.Q8Blocks32),
        (10, DType.Q2Blocks256), (11, DType.Q3Blocks256), (12, DType.Q4Blocks256), (13, DType.Q5Blocks256), (14, DType.Q6Blocks256),
        (20, DType.Iq4Blocks32), (23, DType.Iq4Blocks256),
    ]);

    private static readonly Dictionary<uint, string> Others = Dictionary(
    [
        (4, "Q4_2, which GGML has no more"), (5, "Q4_3, which GGML has no more"), (9, "Q8_1"), (15, "Q8_K"), (16, "IQ2_XXS"),
        (17, "IQ2_XS"), (18, "IQ3_XXS"), (19, "IQ1_S"), (21, "IQ3_S"), (22, "IQ2_S"), (29, "IQ1_M"), (34, "TQ1_0"), (35, "TQ2_0"),
        (39, "MXFP4"),
    ]);

    /// <summary>The names of all that are read.</summary>
    public static string Names { get; } = string.Join(", ", Read.Values.Select(type => type.Name));

    /// <summary>A type that is read.</summary>
    public static bool TryGet(uint number, out DType type) => Read.TryGetValue(number, out type);

    /// <summary>The number of a type, if the format has one for it.</summary>
    public static bool TryNumber(DType type, out uint number)
    {
        foreach ((uint known, DType of) in Read)
        {
            if (of == type)
            {
                number = known;
                return true;
            }
        }
        number = 0;
        return false;
    }

    /// <summary>What a type is called that isn't read.</summary>
    public static string NameOf(uint number) => Others.TryGetValue(number, out string? name) ? $"{number} ({name})" : $"{number}";

    private static Dictionary<uint, T> Dictionary<T>((uint Number, T Type)[] known) =>
        known.ToDictionary(pair => pair.Number, pair => pair.Type);
}
