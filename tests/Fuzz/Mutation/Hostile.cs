using System.Text;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>What breaks programs that don't expect it.</summary>
internal static class Hostile
{
    public static IReadOnlyList<string> Numbers { get; } =
    [
        "0", "-0", "-1", "1", "2", "3", "7", "255", "256", "65535", "65536", "1048577",
        "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616",
        "1e2", "1.5", "0.1", "-1e-320", "1e38", "1e39", "1e308", "1e999", "-1e999",
        "NaN", "Infinity", "-Infinity", "0x7f", "1_000", "01", "1.", ".5", "+1", "٣",
        "100000000000000000000000000000000000000000",
    ];

    public static IReadOnlyList<string> Texts { get; } =
    [
        "", " ", "\0", "a\0b", "\u001b[31m", "\u001b]0;title\a", "\u009b2J", "\r\n", "\n", "\t",
        "\u202e", "\u2028", "\ufeff", "\ufffe", "\ud800", "\udc00x", "é", "e\u0301", "模型", "🎬", "👩‍👩‍👧",
        "..", "../..", "../../etc/hostname", "./", "/", "\\", "C:\\x", "~", "*", "%s%n", "$(x)", "'", "\"", "`", "{", "[", "<", "&amp;",
        "--", "-", "@", "true", "null", "None", "</s>", "<pad>", "<extra_id_0>",
        new('a', 300), new('z', 70_000), string.Concat(Enumerable.Repeat("é ", 2000)),
    ];

    /// <summary>Any JSON values, as they are written; some aren't JSON.</summary>
    public static IReadOnlyList<string> JsonValues { get; } =
    [
        "null", "true", "false", "\"\"", "\"x\"", "{}", "[]", "[[]]", "[null]", "{\"a\":1}", "[1,2,3]", "[1,1,1]",
        "\"\\ud800\"", "\"\\u0000\"", "\"\\u001b[31m\"", "'x'", "undefined", "NaN", "// x\n1", "1,", "",
        Nested("[", "]", 40), Nested("[", "]", 5000), Nested("{\"a\":", "}", 3000),
        Nested("[", "", 20_000), $"\"{new string('x', 100_000)}\"",
    ];

    public static IReadOnlyList<byte[]> Bytes { get; } =
    [
        [0], [0xff], [0xff, 0xfe], [0xef, 0xbb, 0xbf], [0xed, 0xa0, 0x80], [0xc0, 0xaf],
        [0xf8, 0x88, 0x80, 0x80, 0x80], [0x1b, (byte)'[', (byte)'2', (byte)'J'], [0x80], "\r\n"u8.ToArray(),
        [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 0, 0, 0, 0x80],
        .. JsonValues.Concat(Texts).Concat(Numbers).Where(text => text.Length is > 0 and < 10_000).Select(Encoding.UTF8.GetBytes),
    ];

    private static string Nested(string open, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
}
