using System.Globalization;
using System.Text.RegularExpressions;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>From C#'s composite formats to those of C's printf.</summary>
internal static partial class PrintFormat
{
    /// <exception cref="CompileException">CVX1027: the format and the arguments don't fit.</exception>
    public static List<PrintPart> Read(string format, Type[] types, Location? location)
    {
        var parts = new List<PrintPart>();
        int start = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] is not ('{' or '}'))
                continue;
            if (i + 1 < format.Length && format[i + 1] == format[i])
            {
                i++;
                continue;
            }
            int end = format[i] == '{' ? format.IndexOf('}', i) : -1;
            if (end < 0)
                throw Wrong(location, $"a lone brace at {i}; a brace that is to be printed is doubled");
            parts.Add(Plain(format[start..i]));
            parts.Add(Hole(format[i..(end + 1)], types, location));
            start = end + 1;
            i = end;
        }
        parts.Add(Plain(format[start..]));
        for (int i = 0; i < types.Length; i++)
        {
            if (!parts.Exists(part => part.Argument == i))
                throw Wrong(location, $"nothing prints argument {i}; write {{{i}}} in the format");
        }
        return parts;
    }

    private static PrintPart Plain(string text)
    {
        string single = text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        return new PrintPart(single.Replace("%", "%%", StringComparison.Ordinal), -1, false);
    }

    private static PrintPart Hole(string hole, Type[] types, Location? location)
    {
        Match match = HolePattern().Match(hole);
        if (!match.Success)
            throw Wrong(location, $"'{hole}' isn't {{0}}, {{0,8}}, {{0:X8}}, {{0:D4}}, {{0:F3}}, {{0:E3}} or {{0:G6}}");
        int index = int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
        if (index >= types.Length)
            throw Wrong(location, $"'{hole}' has no argument; there are {types.Length}");
        string letter = match.Groups["letter"].Value;
        int? digits = match.Groups["digits"] is { Length: > 0 } given ? int.Parse(given.ValueSpan, CultureInfo.InvariantCulture) : null;
        Type type = types[index].IsEnum ? types[index].GetEnumUnderlyingType() : types[index];
        string conversion = Conversion(type, letter, digits)
            ?? throw Wrong(
                location, $"'{hole}' can't print {TypeNames.Of(type)}; numbers, bool, char and nuint (for addresses) can be printed");
        string width = match.Groups["width"].Value;
        bool hasPrefix = type == typeof(nuint) && letter.Length == 0;
        return new PrintPart($"{(hasPrefix ? "0x" : "")}%{width}{conversion}", index, letter is "X" or "x" || hasPrefix);
    }

    private static string? Conversion(Type type, string letter, int? digits)
    {
        if (IsFloat(type))
        {
            return letter switch
            {
                "" => "g",
                "F" or "f" => $".{digits ?? 2}f",
                "E" or "e" => $".{digits ?? 6}{letter}",
                "G" or "g" => $".{digits ?? 6}{letter}",
                _ => null,
            };
        }
        if (type == typeof(char))
            return letter.Length == 0 ? "c" : null;
        if (Layout.ScalarOf(type) is not { } scalar || scalar == MemoryType.GlobalPtr)
            return null;
        string length = scalar.Bytes == 8 ? "ll" : "";
        bool isUnsigned = type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong);
        return letter switch
        {
            "" when type == typeof(nuint) => "llx",
            "" => $"{length}{(isUnsigned ? "u" : "d")}",
            "D" or "d" => $"{(digits is null ? "" : $".{digits}")}{length}{(isUnsigned || type == typeof(nuint) ? "u" : "d")}",
            "X" or "x" => $"{(digits is null ? "" : $".{digits}")}{length}{letter}",
            _ => null,
        };
    }

    private static bool IsFloat(Type type) => type == typeof(float) || type == typeof(double) || Layout.IsSixteenBitFloat(type);

    private static CompileException Wrong(Location? location, string why) => DiagnosticKinds.PrintFormat.At(location, why);

    [GeneratedRegex(
        @"^\{(?<index>\d)(,(?<width>-?[1-9]\d?))?(:(?<letter>[XxDdFfEeGg])(?<digits>\d{1,2})?)?\}$", RegexOptions.CultureInvariant)]
    private static partial Regex HolePattern();
}

/// <summary>A piece of what is printed, in C's format.</summary>
/// <param name="Argument">index of the argument that it prints; -1 for plain text</param> <param name="IsHexadecimal">prints bits</param>
internal readonly record struct PrintPart(string Text, int Argument, bool IsHexadecimal);
