using System.Reflection;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>
/// .NET methods whose IL doesn't say what they do (the JIT knows them), or says it in a way that a GPU does better. Whatever isn't here
/// is inlined from its IL. Every entry gives what .NET gives on the host, to the last bit but for NaN's payload.
/// </summary>
internal static class KnownMethods
{
    private static readonly Dictionary<string, Func<KnownCall, StackValue>> Table = new(
        [
            .. KnownMath.Entries, .. KnownBits.Entries, .. KnownHalf.Entries, .. KnownMemory.Entries, .. KnownSpans.Entries,
            .. KnownTypes.Entries, .. KnownDebug.Entries,
        ],
        StringComparer.Ordinal);

    /// <summary>The entry of a method: by its name, or by name and parameter types where overloads differ.</summary>
    public static Func<KnownCall, StackValue>? Find(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        string name = $"{owner.Namespace}.{owner.Name}.{method.Name}";
        if (Table.TryGetValue(name, out Func<KnownCall, StackValue>? known))
            return known;
        string types = string.Join(",", method.GetParameters().Select(parameter => parameter.ParameterType.Name));
        if (Table.TryGetValue($"{name}({types})", out known))
            return known;
        return IsHardwareQuestion(method) ? _ => new StackValue(Constant.I32(0)) : null;
    }

    /// <summary>Sse41.IsSupported, Vector128.IsHardwareAccelerated: a GPU has none of these.</summary>
    private static bool IsHardwareQuestion(MethodBase method) => method.Name is "get_IsSupported" or "get_IsHardwareAccelerated"
        && method.DeclaringType!.Namespace is { } space && space.StartsWith("System", StringComparison.Ordinal);
}
