namespace CogVideoX.Emulator.Cases;

/// <summary>One entry of a case's params.</summary>
internal static class CaseArguments
{
    private static readonly Dictionary<string, int> ElementBytes = new()
    {
        ["u8"] = 1,
        ["bf16"] = 2,
        ["f16"] = 2,
        ["u16"] = 2,
        ["f32"] = 4,
        ["tf32"] = 4,
        ["s32"] = 4,
        ["u32"] = 4,
        ["f64"] = 8,
        ["s64"] = 8,
        ["u64"] = 8,
    };

    private static readonly Dictionary<string, uint> SwizzleBytes = new() { ["none"] = 16, ["32B"] = 32, ["64B"] = 64, ["128B"] = 128 };

    public static LaunchArgument Parse(CaseNode parameter)
    {
        if (parameter.Find("bytes") is not null || parameter.Find("pointers") is not null)
            return CaseStructs.Parse(parameter);
        if (parameter.Members().ToList() is not [(var kind, var value)])
            throw parameter.Wrong("hold one entry, such as {\"s32\": 3}");
        return kind switch
        {
            "buffer" => new LaunchArgument.Buffer(value.Text()),
            "tensor_map" => new LaunchArgument.Map(Map(value)),
            "s32" => new LaunchArgument.Value(BitConverter.GetBytes(value.Int32())),
            "u32" => new LaunchArgument.Value(BitConverter.GetBytes(value.UInt32())),
            "s64" => new LaunchArgument.Value(BitConverter.GetBytes(value.Int64())),
            "u64" => new LaunchArgument.Value(BitConverter.GetBytes(value.UInt64())),
            "f32" => new LaunchArgument.Value(BitConverter.GetBytes(value.Single())),
            "f64" => new LaunchArgument.Value(BitConverter.GetBytes(value.Double())),
            _ => throw parameter.Wrong(
                $"be buffer, tensor_map, bytes with pointers, s32, u32, s64, u64, f32 or f64, not {Printable.Quoted(kind)}"),
        };
    }

    private static TensorMap Map(CaseNode map)
    {
        map.RequireOnly("buffer", "dtype", "dims", "strides_bytes", "box", "swizzle", "interleave", "out_of_bounds");
        RequireDefault(map, "interleave", "none");
        RequireDefault(map, "out_of_bounds", "zero");
        return new TensorMap(
            map.Get("buffer").Text(), Choice(map.Get("dtype"), ElementBytes), Longs(map.Get("dims")), Longs(map.Get("strides_bytes")),
            [.. map.Get("box").Items().Select(e => e.Int32())], Choice(map.Get("swizzle"), SwizzleBytes))
        {
            ElementType = PtxTypes.TryParse(map.Get("dtype").Text(), out PtxType type) ? type : PtxType.None,
        };
    }

    private static long[] Longs(CaseNode numbers) => [.. numbers.Items().Select(e => e.Int64())];

    private static T Choice<T>(CaseNode word, Dictionary<string, T> known) => known.TryGetValue(word.Text(), out T? value)
        ? value : throw word.Wrong($"be one of {string.Join(", ", known.Keys)}, not {Printable.Quoted(word.Text())}");

    private static void RequireDefault(CaseNode map, string name, string value)
    {
        if (map.Find(name) is { } given && given.Text() != value)
            throw given.Wrong($"be '{value}': nothing else is supported");
    }
}
