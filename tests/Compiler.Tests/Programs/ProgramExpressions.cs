using System.Globalization;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Random expressions of a type, all of them defined for every value.</summary>
internal sealed class ProgramExpressions(Random random, List<(string Type, string Name)> variables)
{
    private static readonly int[] Numbers = [0, 1, 2, 3, 5, 7, 8, 10, 16, 31, 100, 255, 1000, 65535, 123456789];

    public string Of(string type, int depth)
    {
        if (depth <= 0 || random.Next(6) == 0)
            return Leaf(type);
        return type switch
        {
            "bool" => Boolean(depth - 1),
            "int" or "uint" or "long" or "ulong" => Integer(type, depth - 1),
            "float" or "double" => Float(type, depth - 1),
            _ => $"unchecked(({type})({Of(random.Next(4) == 0 ? "long" : "int", depth - 1)}))",
        };
    }

    private string Leaf(string type)
    {
        (string Type, string Name)[] fitting = [.. variables.Where(v => v.Type == type)];
        if (fitting.Length > 0 && random.Next(4) != 0)
            return fitting[random.Next(fitting.Length)].Name;
        return type switch
        {
            "bool" => random.Next(2) == 0 ? "true" : "false",
            "float" => Real("f"),
            "double" => Real("d"),
            "uint" => Number("u"),
            "long" => Number("L"),
            "ulong" => Number("ul"),
            "sbyte" => random.Next(128).ToString(CultureInfo.InvariantCulture),
            "byte" or "short" or "ushort" => random.Next(256).ToString(CultureInfo.InvariantCulture),
            _ => Number(""),
        };
    }

    private string Number(string suffix) => Numbers[random.Next(Numbers.Length)].ToString(CultureInfo.InvariantCulture) + suffix;

    private string Real(string suffix) => random.Next(4) switch
    {
        0 => "0" + suffix,
        1 => "1" + suffix,
        2 => (random.Next(-1000, 1000) / 8.0).ToString(CultureInfo.InvariantCulture) + suffix,
        _ => random.NextSingle().ToString("R", CultureInfo.InvariantCulture) + suffix,
    };

    private string Boolean(int depth)
    {
        string type = Pick("int", "uint", "long", "ulong", "float", "double", "short");
        return random.Next(6) switch
        {
            0 => $"({Of("bool", depth)} {Pick("&&", "||", "&", "|", "^", "==", "!=")} {Of("bool", depth)})",
            1 => $"!{Of("bool", depth)}",
            2 => $"({Of("bool", depth)} ? {Of("bool", depth)} : {Of("bool", depth)})",
            _ => $"({Of(type, depth)} {Pick("<", "<=", ">", ">=", "==", "!=")} {Of(type, depth)})",
        };
    }

    private string Integer(string type, int depth)
    {
        string a = Of(type, depth);
        return random.Next(16) switch
        {
            0 or 1 or 2 => $"({a} {Pick("+", "-", "*")} {Of(type, depth)})",
            3 or 4 => $"({a} {Pick("&", "|", "^")} {Of(type, depth)})",
            5 => $"({a} {Pick("<<", ">>", ">>>")} ({Of("int", depth)}))",
            6 => $"({a} {Pick("<<", ">>")} {random.Next(0, 70)})",
            7 => $"({a} {Pick("/", "%")} (({Of(type, depth)} & 1023) | 1))",
            8 => $"({a} {Pick("/", "%")} {Numbers[random.Next(1, Numbers.Length)]})",
            9 => type is "uint" or "ulong" ? $"(~({a}))" : $"({Pick("-", "~")}({a}))",
            10 => $"({Of("bool", depth)} ? {a} : {Of(type, depth)})",
            11 => $"unchecked(({type}){Of(Pick("int", "uint", "long", "ulong", "byte", "sbyte", "short", "ushort"), depth)})",
            12 => $"unchecked(({type}){Of(Pick("float", "double"), depth)})",
            13 => $"Math.{Pick("Min", "Max")}({a}, {Of(type, depth)})",
            14 => type switch
            {
                "int" => Pick(
                    $"BitOperations.PopCount({Of("uint", depth)})", $"BitOperations.LeadingZeroCount({Of("uint", depth)})",
                    $"BitOperations.TrailingZeroCount({Of("int", depth)})"),
                "uint" => $"BitOperations.RotateLeft({a}, {random.Next(32)})",
                _ => $"({a} + {Of(type, depth)})",
            },
            _ => type == "int" ? $"cells[{random.Next(4)}]" : $"({a} - {Of(type, depth)})",
        };
    }

    private string Float(string type, int depth)
    {
        string a = Of(type, depth), math = type == "float" ? "MathF" : "Math";
        return random.Next(12) switch
        {
            0 or 1 or 2 or 3 => $"({a} {Pick("+", "-", "*", "/")} {Of(type, depth)})",
            4 => $"(-({a}))",
            5 => $"({Of("bool", depth)} ? {a} : {Of(type, depth)})",
            6 => $"(({type}){Of(Pick("int", "uint", "long", "ulong", "short"), depth)})",
            7 => $"(({type}){Of(type == "float" ? "double" : "float", depth)})",
            8 => $"{math}.{Pick("Abs", "Sqrt", "Floor", "Ceiling", "Truncate", "Round")}({a})",
            9 => $"Mix.{Pick("Min", "Max", "CopySign")}({a}, {Of(type, depth)})",
            10 => $"{math}.FusedMultiplyAdd({a}, {Of(type, depth)}, {Of(type, depth)})",
            _ => $"({a} * {Real(type == "float" ? "f" : "d")})",
        };
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
