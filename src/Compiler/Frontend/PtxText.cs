using System.Globalization;
using System.Reflection;
using System.Text;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// The text of a <c>[Ptx]</c> method. Types and state spaces are filled in here; names of operands, <c>{unique}</c> and doubled braces
/// stay for the printer.
/// </summary>
internal static class PtxText
{
    /// <summary>Replaces {T}, {T:b}, {x:space}, and parameters that are words.</summary>
    public static string Fill(MethodInfo method, string text, StackValue[] arguments, Location? location)
    {
        var filled = new StringBuilder();
        foreach ((string part, bool isPlace) in Parts(method, text, location))
        {
            if (!isPlace)
                filled.Append(part);
            else
                filled.Append(Word(method, part, arguments, location) ?? $"{{{part}}}");
        }
        return filled.ToString();
    }

    /// <summary>Every place names an operand, and everything that is written is named.</summary>
    public static void Check(MethodInfo method, string text, IReadOnlyDictionary<string, PtxFormOperand> operands, Location? location)
    {
        HashSet<string> named = [.. Parts(method, text, location).Where(part => part.IsPlace).Select(part => part.Text)];
        foreach (string name in named.Order(StringComparer.Ordinal))
        {
            if (name != "unique" && !operands.ContainsKey(name))
            {
                throw Wrong(
                    method, location,
                    $"{{{name}}} is no parameter; there are {string.Join(", ", operands.Keys)}. A brace of PTX itself is doubled");
            }
        }
        foreach ((string name, PtxFormOperand operand) in operands)
        {
            if (!named.Contains(name))
                throw Wrong(method, location, operand.FirstResult >= 0 ? $"it never writes {{{name}}}" : $"it never uses {{{name}}}");
        }
    }

    /// <summary>The PTX type of a scalar: f32, s32, bf16.</summary>
    public static string? TypeName(Type type)
    {
        if (type.IsEnum)
            type = type.GetEnumUnderlyingType();
        if (type == typeof(Half))
            return "f16";
        if (type == typeof(Half2))
            return "f16x2";
        if (type == typeof(BFloat16x2))
            return "bf16x2";
        if (type.GetCustomAttribute<SixteenBitFloatAttribute>() is { } sixteen)
            return sixteen.PtxType;
        if (type.IsPointer || type == typeof(nuint))
            return "u64";
        if (type == typeof(nint))
            return "s64";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Single => "f32",
            TypeCode.Double => "f64",
            TypeCode.SByte => "s8",
            TypeCode.Int16 => "s16",
            TypeCode.Int32 => "s32",
            TypeCode.Int64 => "s64",
            TypeCode.Byte or TypeCode.Boolean => "u8",
            TypeCode.UInt16 or TypeCode.Char => "u16",
            TypeCode.UInt32 => "u32",
            TypeCode.UInt64 => "u64",
            _ => null,
        };
    }

    private static CompileException Wrong(MethodInfo method, Location? location, string why) =>
        DiagnosticKinds.PtxText.At(location, MethodNames.Of(method), why);

    private static string? Word(MethodInfo method, string place, StackValue[] arguments, Location? location)
    {
        string[] words = place.Split(':');
        if (words is [string parameter, "space"])
        {
            int index = Array.FindIndex(method.GetParameters(), candidate => candidate.Name == parameter);
            if (index < 0 || !arguments[index].IsPointer)
                throw Wrong(method, location, $"{{{place}}}: {parameter} is no reference or pointer");
            return Spaces.NameOf(arguments[index].Leaves[0].Type);
        }
        if (PtxWords.Of(method, place, arguments, location) is { } word)
            return word.Word;
        if (ArgumentOf(method, words[0]) is not { } type)
            return null;
        string name = TypeName(type) ?? throw Wrong(method, location, $"{{{place}}}: {type} has no PTX type");
        return words switch
        {
            [_] => name,
            [_, "b"] => string.Create(CultureInfo.InvariantCulture, $"b{8 * Layout.Of(type, location).Size}"),
            _ => throw Wrong(method, location, $"{{{place}}} is unknown; write {{{words[0]}}} or {{{words[0]}:b}}"),
        };
    }

    /// <summary>The type argument with that name, of the method or of its type.</summary>
    private static Type? ArgumentOf(MethodInfo method, string name)
    {
        Type[] names = [.. method.IsGenericMethod ? method.GetGenericMethodDefinition().GetGenericArguments() : [],
            .. method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericTypeDefinition().GetGenericArguments() : []];
        Type[] values = [.. method.GetGenericArguments(), .. method.DeclaringType!.GetGenericArguments()];
        int index = Array.FindIndex(names, candidate => candidate.Name == name);
        return index < 0 ? null : values[index];
    }

    /// <summary>Text between places, with its doubled braces, and what stands in the places.</summary>
    private static List<(string Text, bool IsPlace)> Parts(MethodInfo method, string text, Location? location)
    {
        var parts = new List<(string, bool)>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
                continue;
            if (i + 1 < text.Length && text[i + 1] == text[i])
            {
                i++;
                continue;
            }
            int end = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (end < 0)
                throw Wrong(method, location, $"a lone brace at {i}; a brace of PTX itself is doubled");
            parts.Add((text[start..i], false));
            parts.Add((text[(i + 1)..end], true));
            start = end + 1;
            i = end;
        }
        parts.Add((text[start..], false));
        return parts;
    }
}
