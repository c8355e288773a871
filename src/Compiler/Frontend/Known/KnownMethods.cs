using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>
/// .NET methods whose IL doesn't say what they do (the JIT knows them), or says it in a way that a GPU does better. Whatever isn't here
/// is inlined from its IL. Every entry gives what .NET gives on the host, to the last bit but for NaN's payload.
/// </summary>
internal sealed class KnownMethods(KernelBuilder kernel)
{
    private static readonly Dictionary<string, Func<KnownCall, StackValue>> table = new(
        [.. KnownMath.Entries, .. KnownBits.Entries, .. KnownHalf.Entries, .. KnownMemory.Entries, .. KnownSpans.Entries, .. KnownTypes.Entries],
        StringComparer.Ordinal);

    /// <summary>The call's result, or null if the method isn't known.</summary>
    public StackValue? Call(MethodBase method, StackValue[] arguments)
    {
        Type owner = method.DeclaringType!;
        string name = $"{owner.Namespace}.{owner.Name}.{method.Name}";
        var call = new KnownCall(kernel, method, arguments);
        if (table.TryGetValue(name, out Func<KnownCall, StackValue>? known)) return known(call);
        string types = string.Join(",", method.GetParameters().Select(parameter => parameter.ParameterType.Name));
        if (table.TryGetValue($"{name}({types})", out known)) return known(call);
        if (owner.Namespace == "System.Diagnostics" && owner.Name == "Debug") return StackValue.Nothing;
        if (IsHardwareQuestion(method)) return new StackValue(Constant.I32(0));
        if (owner.Namespace is "System" or "System.Numerics" && owner.Name is "Math" or "MathF" && !HasPlainBody(method))
            throw DiagnosticKinds.NoBody.At(kernel.Location, MethodNames.Of(method), "no PTX instruction gives its exact result; use an approximate instruction of the language, or write it in C#");
        return null;
    }

    private static bool HasPlainBody(MethodBase method) => method.GetMethodBody() is not null;

    /// <summary>Sse41.IsSupported, Vector128.IsHardwareAccelerated: a GPU has none of these.</summary>
    private static bool IsHardwareQuestion(MethodBase method) =>
        method.Name is "get_IsSupported" or "get_IsHardwareAccelerated" && method.DeclaringType!.Namespace!.StartsWith("System", StringComparison.Ordinal);
}
