using System.Text;

namespace CogVideoX.Emulator.Tests.Cases;

/// <summary>Cases that can't be run: one exception, one line, with the file that is wrong and what is wrong with it.</summary>
public sealed class RefusedCaseTests : IDisposable
{
    private readonly CaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Refusal(string file)
    {
        CaseException refused = Assert.Throws<CaseException>(() => PtxCase.Run(folder.Path));
        Assert.Equal(folder.At(file), refused.Path);
        Assert.StartsWith(folder.At(file) + ": ", refused.Message);
        Assert.DoesNotContain(refused.Message, char.IsControl);
        return refused.Message[(folder.At(file).Length + 2)..];
    }

    [Fact]
    public void ASoundCaseRuns()
    {
        Assert.True(PtxCase.Run(folder.Path).Passed);
        folder.Write("copy.json", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(CaseFolder.Sound)]);
        folder.Write("copy.ptx", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(CaseFolder.Module)]);
        Assert.True(PtxCase.Run(folder.Path).Passed);
    }

    private static string Struct(string pointers) => $"{{\"bytes\": \"{new string('0', 40)}\", \"pointers\": [{pointers}]}}";

    public static TheoryData<string, string, string> Fields => new()
    {
        { "\"name\": \"copy\"", "\"name\": null", "'name' must be text, not null" },
        { "\"name\": \"copy\",", "", "'name' is missing" },
        { "\"name\": \"copy\"", "\"name\": \"\\ud800\"", "'name' isn't Unicode text" },
        { "\"name\": \"copy\"", "\"name\": \"copy\", \"name\": 1", "stands twice" },
        { "\"module\": \"copy.ptx\"", "\"module\": [1]", "'module' must be text, not an array" },
        { "\"module\": \"copy.ptx\"", "\"module\": \"../copy.ptx\"", "must be a file beside the case" },
        { "\"module\": \"copy.ptx\"", "\"module\": \"/etc/hostname\"", "must be a file beside the case" },
        { "\"module\": \"copy.ptx\"", "\"module\": \"\"", "must be the name of a file" },
        { "\"module\": \"copy.ptx\"", "\"module\": \"a\\u0000b\"", "must be the name of a file" },
        { "\"data\": \"copy.safetensors\"", "\"data\": \"..\"", "must be a file beside the case" },
        { "\"entry\": \"copy\"", "\"entry\": 3", "'entry' must be text, not 3" },
        { "\"entry\": \"copy\"", "\"entry\": \"frob\"", "no kernel 'frob'; it has copy" },
        { "\"grid\": [1, 1, 1]", "\"grid\": [1, 1]", "'grid' must have three numbers, not 2" },
        { "\"grid\": [1, 1, 1]", "\"grid\": [1, 1, 1e99]", "'grid[2]' must be a whole number of 32 bits, not 1e99" },
        { "\"grid\": [1, 1, 1]", "\"grid\": [1, \"1\", 1]", "'grid[1]' must be a whole number of 32 bits, not text" },
        { "\"block\": [4, 1, 1]", "\"block\": {\"x\": 4}", "'block' must be an array, not an object" },
        { "\"dynamic_shared_bytes\": 0", "\"dynamic_shared_bytes\": -1", "'dynamic_shared_bytes' must not be negative" },
        {
            "\"dynamic_shared_bytes\": 0", "\"dynamic_shared_bytes\": 9999999999",
            "'dynamic_shared_bytes' must be a whole number of 32 bits"
        },
        { "{\"s32\": 4}", "{\"s32\": 4, \"u32\": 4}", "'params[2]' must hold one entry" },
        { "{\"s32\": 4}", "{\"s33\": 4}", "not 's33'" },
        {
            "{\"s32\": 4}", "{\"im2col_map\": {}}",
            "'params[2]' must be buffer, tensor_map, bytes with pointers, s32, u32, s64, u64, f32 or f64, not 'im2col_map'"
        },
        { "{\"s32\": 4}", "{\"bytes\": null}", "'params[2].bytes' must be text, not null" },
        { "{\"s32\": 4}", "{\"bytes\": \"\"}", "'params[2].bytes' must have 1 to 65536 bytes, not 0" },
        { "{\"s32\": 4}", "{\"bytes\": \"0\"}", "'params[2].bytes' must be hexadecimal digits, two a byte" },
        { "{\"s32\": 4}", "{\"bytes\": \"0x00000000\"}", "'params[2].bytes' must be hexadecimal digits" },
        { "{\"s32\": 4}", "{\"bytes\": \"0000\"}", "parameter 2 of copy has 4 bytes, the launch gives 2" },
        { "{\"s32\": 4}", "{\"pointers\": []}", "'bytes' is missing in 'params[2]'" },
        { "{\"s32\": 4}", "{\"bytes\": \"00\", \"s32\": 4}", "'params[2]' must have no 's32'; it may have bytes, pointers" },
        { "{\"s32\": 4}", "{\"bytes\": \"00\", \"pointers\": {}}", "'params[2].pointers' must be an array, not an object" },
        { "{\"s32\": 4}", "{\"bytes\": \"00\", \"pointers\": [8]}", "'params[2].pointers[0]' must be an object, not 8" },
        { "{\"s32\": 4}", Struct("{\"offset\": 8}"), "'buffer' is missing in 'params[2].pointers[0]'" },
        { "{\"s32\": 4}", Struct("{\"buffer\": \"x\"}"), "'offset' is missing in 'params[2].pointers[0]'" },
        {
            "{\"s32\": 4}", Struct("{\"offset\": 4, \"buffer\": \"x\"}"),
            "'params[2].pointers[0].offset' must be a multiple of 8 with 8 bytes after it inside the 20, not 4"
        },
        { "{\"s32\": 4}", Struct("{\"offset\": -8, \"buffer\": \"x\"}"), "inside the 20, not -8" },
        { "{\"s32\": 4}", Struct("{\"offset\": 16, \"buffer\": \"x\"}"), "inside the 20, not 16" },
        { "{\"s32\": 4}", Struct("{\"offset\": 2147483640, \"buffer\": \"x\"}"), "inside the 20, not 2147483640" },
        {
            "{\"s32\": 4}", Struct("{\"offset\": 8, \"buffer\": \"x\"}, {\"offset\": 8, \"buffer\": \"y\"}"),
            "'params[2].pointers[1].offset' must be another pointer's than 8"
        },
        {
            "{\"s32\": 4}", Struct("{\"offset\": 8, \"buffer\": \"x\", \"type\": 1}"),
            "'params[2].pointers[0]' must have no 'type'; it may have offset, buffer"
        },
        { "{\"s32\": 4}", Struct("{\"offset\": 8, \"buffer\": \"z\"}"), "there is no buffer 'z'; there are x, y" },
        { "\"dynamic_shared_bytes\": 0", "\"cooperative\": 1", "'cooperative' must be true or false, not 1" },
        { "\"dynamic_shared_bytes\": 0", "\"printed\": \"a\"", "'printed' must be an array, not text" },
        { "\"dynamic_shared_bytes\": 0", "\"printed\": [\"a\", 1]", "'printed[1]' must be text, not 1" },
        { "\"dynamic_shared_bytes\": 0", "\"printed\": [\"a\\n\"]", "'printed[0]' must be one line, without its end" },
        { "{\"s32\": 4}", "{\"s32\": 2147483648}", "'params[2].s32' must be a whole number of 32 bits, not 2147483648" },
        { "{\"s32\": 4}", "{\"u32\": -4}", "'params[2].u32' must be a whole number of 32 bits without sign, not -4" },
        { "{\"s32\": 4}", "{\"u64\": -4}", "'params[2].u64' must be" },
        { "{\"s32\": 4}", "{\"s64\": 1.5}", "'params[2].s64' must be" },
        { "{\"s32\": 4}", "{\"f32\": 1e39}", "'params[2].f32' must be a number that 32 bits can hold" },
        { "{\"s32\": 4}", "{\"f64\": 1e999}", "'params[2].f64' must be a number that 64 bits can hold" },
        { "{\"s32\": 4}", "{\"s64\": 4}", "parameter 2 of copy has 4 bytes, the launch gives 8" },
        { "{\"s32\": 4}", "null", "'params[2]' must be an object, not null" },
        { ", {\"s32\": 4}", "", "copy has 3 parameters, the launch gives 2" },
        { "{\"buffer\": \"x\"}", "{\"buffer\": null}", "'params[0].buffer' must be text, not null" },
        { "{\"buffer\": \"x\"}", "{\"buffer\": \"z\"}", "there is no buffer 'z'; there are x, y" },
        { "\"expect\": {\"y\": {\"tolerance\": 0}}", "\"expect\": []", "'expect' must be an object, not an array" },
        { "\"expect\"", "\"expected\"", "'expect' is missing" },
        { "\"tolerance\": 0", "\"tolerance\": -1", "'expect.y.tolerance' must not be negative" },
        { "\"tolerance\": 0", "\"tolerance\": \"some\"", "must be a number or 'per element'" },
        { "\"tolerance\": 0", "\"tolerans\": 0", "'tolerance' is missing in 'expect.y'" },
        { "\"tolerance\": 0}}", "\"tolerance\": 0}}, \"fault\": \"racy: a\"", "'racy' is none; there are out of bounds" },
        { "\"tolerance\": 0}}", "\"tolerance\": 0}}, \"fault\": \"race\", \"fault_at\": 3", "'fault_at' must be an object" },
        {
            "\"tolerance\": 0}}", "\"tolerance\": 0}}, \"fault\": \"race\", \"fault_at\": {\"buffer\": [1]}",
            "'fault_at.buffer[0]' must be text"
        },
        {
            "\"tolerance\": 0}}", "\"tolerance\": 0}}, \"fault\": \"race\", \"fault_at\": {\"source_line\": \"1\"}",
            "'fault_at.source_line' must be"
        },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void EachFieldIsWhatTheFormatAsksFor(string part, string instead, string says)
    {
        Assert.Contains(part, CaseFolder.Sound);
        folder.Case(CaseFolder.Sound.Replace(part, instead, StringComparison.Ordinal));
        Assert.Contains(says, Refusal("copy.json"));
    }

    public static TheoryData<string, string, string> Maps => new()
    {
        { "\"dims\": [4, 1024]", "\"dims\": null", "'params[0].tensor_map.dims' must be an array, not null" },
        { "\"dims\": [4, 1024]", "\"dims\": []", "1 to 5 dimensions" },
        { "\"dims\": [4, 1024]", "\"dims\": [0, 1]", "a dimension has 1 to" },
        { "\"strides_bytes\": [16]", "\"strides_bytes\": [17]", "multiples of 16" },
        { "\"strides_bytes\": [16]", "\"strides_bytes\": [1099511627760]", "beyond 2^47" },
        { "\"box\": [4, 1]", "\"box\": [4]", "1 to 5 dimensions" },
        { "\"box\": [4, 1]", "\"box\": [4, -1]", "1 to 256 elements" },
        { "\"box\": [4, 1]", "\"box\": [256, 256]", "more than shared memory holds" },
        { "\"swizzle\": \"none\"", "\"swizzle\": \"16B\"", "must be one of none, 32B, 64B, 128B, not '16B'" },
        { "\"dtype\": \"u32\"", "\"dtype\": \"u33\"", "not 'u33'" },
        { "\"interleave\": \"none\"", "\"interleave\": \"16B\"", "nothing else is supported" },
        { "\"interleave\": \"none\"", "\"interleave\": 3", "'params[0].tensor_map.interleave' must be text" },
        { "\"buffer\": \"x\"", "\"buffer\": \"z\"", "there is no buffer 'z'" },
        {
            "\"buffer\": \"x\"", "\"bufer\": \"x\"",
            "'params[0].tensor_map' must have no 'bufer'; it may have "
                + "buffer, dtype, dims, strides_bytes, box, swizzle, interleave, out_of_bounds"
        },
        { "\"buffer\": \"x\",", "", "'buffer' is missing in 'params[0].tensor_map'" },
        { "\"interleave\": \"none\"", "\"mode\": \"im2col\", \"lower\": [0]", "'params[0].tensor_map' must have no 'mode'" },
    };

    [Theory]
    [MemberData(nameof(Maps))]
    public void ATensorMapIsOneThatADriverWouldMake(string part, string instead, string says)
    {
        const string Map = """
            {"tensor_map": {"buffer": "x", "dtype": "u32", "dims": [4, 1024], "strides_bytes": [16], "box": [4, 1],
             "swizzle": "none", "interleave": "none"}}
            """;
        Assert.Contains(part, Map);
        string module = CaseFolder.Module.Replace(".param .u64 x", ".param .align 64 .b8 x[128]", StringComparison.Ordinal)
            .Replace("ld.param.u64 %rd1, [x];", "", StringComparison.Ordinal);
        folder.Write("copy.ptx", Encoding.UTF8.GetBytes(module));
        folder.Case(
            CaseFolder.Sound.Replace(
                "{\"buffer\": \"x\"}", Map.Replace(part, instead, StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Contains(says, Refusal("copy.json"));
    }

    public static TheoryData<string, string, string> Headers => new()
    {
        { "\"in.x\"", "\"in.y\"", "stands twice" },
        { "\"out.y\"", "\"out.z\"", "'out.y' is missing" },
        { "\"in.y\"", "\"in.z\"", "'in.y' is missing" },
        { "\"dtype\": \"F32\"", "\"dtype\": \"F33\"", "'tol.y.dtype' must be one of" },
        { "\"dtype\": \"F32\"", "\"dtype\": null", "'tol.y.dtype' must be text, not null" },
        {
            "\"shape\": [4], \"data_offsets\": [0, 16]", "\"shape\": [-4], \"data_offsets\": [0, 16]",
            "'in.x.shape[0]' must not be negative"
        },
        {
            "\"shape\": [4], \"data_offsets\": [0, 16]", "\"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 16]",
            "must ask for at most"
        },
        { "\"data_offsets\": [0, 16]", "\"data_offsets\": [0]", "two numbers" },
        { "\"data_offsets\": [0, 16]", "\"data_offsets\": [0, 9223372036854775807]", "'in.x' ends at byte 9223372036854775807" },
        { "\"data_offsets\": [0, 16]", "\"data_offsets\": [0, -9223372036854775808]", "'in.x' ends at byte -9223372036854775808" },
        { "\"data_offsets\": [16, 32]", "\"data_offsets\": [8, 24]", "'in.y' starts at byte 8" },
        { "\"data_offsets\": [48, 64]", "\"data_offsets\": [48, 80]", "'tol.y' ends at byte 80 of 64" },
        { "\"in.x\": {", "\"in.x\": 1, \"in.w\": {", "'in.x' must be an object, not 1" },
        {
            "\"shape\": [4], \"data_offsets\": [32, 48]",
            "\"shape\": [8], \"data_offsets\": [32, 64]}, \"t\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [64, 64]",
            "starts at byte 48"
        },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void TheDataIsChecked(string part, string instead, string says)
    {
        Assert.Contains(part, CaseFolder.Header);
        folder.Data(CaseFolder.Header.Replace(part, instead, StringComparison.Ordinal));
        Assert.Contains(says, Refusal("copy.safetensors"));
    }

    [Fact]
    public void LimitsOfEachElementAreAsManyAsTheElements()
    {
        folder.Case(CaseFolder.Sound.Replace("\"tolerance\": 0", "\"tolerance\": \"per element\"", StringComparison.Ordinal));
        Assert.True(PtxCase.Run(folder.Path).Passed);
        folder.Data(
            CaseFolder.Header.Replace(
                "\"shape\": [4], \"data_offsets\": [48, 64]", "\"shape\": [2], \"data_offsets\": [48, 56]", StringComparison.Ordinal),
            56);
        Assert.Contains("as many elements", Refusal("copy.safetensors"));
        folder.Data(CaseFolder.Header.Replace("tol.y", "tol.z", StringComparison.Ordinal));
        Assert.Contains("'tol.y' is missing", Refusal("copy.safetensors"));
    }

    [Theory]
    [InlineData(0, "too short")]
    [InlineData(7, "too short")]
    [InlineData(100, "header of")]
    public void ATruncatedDataFileIsNamed(int bytes, string says)
    {
        folder.Write("copy.safetensors", File.ReadAllBytes(folder.At("copy.safetensors"))[..bytes]);
        Assert.Contains(says, Refusal("copy.safetensors"));
    }

    [Fact]
    public void TheModuleIsNamedWithItsLine()
    {
        folder.Write("copy.ptx", Encoding.UTF8.GetBytes(CaseFolder.Module.Replace("mov.u32", "mow.u32", StringComparison.Ordinal)));
        Assert.StartsWith("line 9: unknown instruction 'mow'", Refusal("copy.ptx"));
        folder.Write(
            "copy.ptx", Encoding.UTF8.GetBytes(CaseFolder.Module.Replace(".version 8.0", ".version \u001b[31m", StringComparison.Ordinal)));
        Assert.StartsWith("line 1:", Refusal("copy.ptx"));
    }

    [Fact]
    public void WhatIsNoJsonIsSaidWithItsLine()
    {
        folder.Case("{\n\"name\": \u001b[31m}");
        Assert.Equal("it isn't JSON at line 2, byte 9", Refusal("copy.json"));
        folder.Case(new string('[', 10_000));
        Assert.StartsWith("it isn't JSON", Refusal("copy.json"));
        folder.Case("");
        Assert.StartsWith("it isn't JSON", Refusal("copy.json"));
        folder.Write("copy.json", [(byte)'"', 0xff, 0xfe, (byte)'"']);
        Assert.Equal("it isn't UTF-8 text", Refusal("copy.json"));
        folder.Case("[]");
        Assert.Equal("it must be an object, not an array", Refusal("copy.json"));
    }

    [Theory]
    [InlineData("copy.ptx")]
    [InlineData("copy.safetensors")]
    [InlineData("copy.json")]
    public void AMissingFileIsNamed(string name)
    {
        File.Delete(folder.At(name));
        Assert.Equal("there is no such file", Refusal(name));
        Directory.CreateDirectory(folder.At(name));
        Assert.Equal("it is a folder; a file is needed", Refusal(name));
    }

    [Theory]
    [InlineData("", "'': the path is empty")]
    [InlineData("a\0b", "a\\u0000b: a path can't hold a NUL character")]
    public void APathThatNoFileCanHaveIsRefused(string path, string says) =>
        Assert.Equal(says, Assert.Throws<CaseException>(() => PtxCase.Read(path)).Message);

    [Fact]
    public void NamesOfManyKilobytesAreCut()
    {
        folder.Case(
            CaseFolder.Sound.Replace(
                "\"buffer\": \"x\"", $"\"buffer\": \"{new string('z', 100_000)}\\u001b[31m\\n\"", StringComparison.Ordinal));
        Assert.InRange(Refusal("copy.json").Length, 20, 400);
    }

    [Fact]
    public void TheNameOfACaseIsPrintedOnOneLine()
    {
        folder.Case(CaseFolder.Sound.Replace("\"name\": \"copy\"", "\"name\": \"co\\npy\\u001b[31m\\u202e\"", StringComparison.Ordinal));
        CaseReport report = PtxCase.Run(folder.Path);
        Assert.Equal("co\npy\u001b[31m\u202e", report.Name);
        Assert.StartsWith("ok   co\\u000apy\\u001b[31m\\u202e", report.ToString());
    }
}
