using System.Text.Json;

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

    public static LaunchArgument Parse(JsonElement parameter)
    {
        JsonProperty only = parameter.EnumerateObject().Single();
        return only.Name switch
        {
            "buffer" => new LaunchArgument.Buffer(only.Value.GetString()!),
            "tensor_map" => new LaunchArgument.Map(Map(only.Value)),
            "s32" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetInt32())),
            "u32" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetUInt32())),
            "s64" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetInt64())),
            "u64" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetUInt64())),
            "f32" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetSingle())),
            "f64" => new LaunchArgument.Value(BitConverter.GetBytes(only.Value.GetDouble())),
            _ => throw new FormatException($"unknown parameter '{only.Name}'"),
        };
    }

    private static TensorMap Map(JsonElement map)
    {
        RequireDefault(map, "interleave", "none");
        RequireDefault(map, "out_of_bounds", "zero");
        string type = map.GetProperty("dtype").GetString()!;
        uint swizzle = map.GetProperty("swizzle").GetString() switch
        {
            "none" => 16,
            "32B" => 32,
            "64B" => 64,
            "128B" => 128,
            var other => throw new FormatException($"unknown swizzle '{other}'"),
        };
        int size = ElementBytes.TryGetValue(type, out int bytes) ? bytes : throw new FormatException($"unknown type '{type}'");
        return new TensorMap(map.GetProperty("buffer").GetString()!, size, Longs(map.GetProperty("dims")), Longs(map.GetProperty("strides_bytes")),
            [.. map.GetProperty("box").EnumerateArray().Select(e => e.GetInt32())], swizzle);
    }

    private static long[] Longs(JsonElement numbers) => [.. numbers.EnumerateArray().Select(e => e.GetInt64())];

    private static void RequireDefault(JsonElement map, string name, string value)
    {
        if (map.TryGetProperty(name, out JsonElement given) && given.GetString() != value)
            throw new FormatException($"{name} '{given}' isn't supported, only '{value}'");
    }
}
