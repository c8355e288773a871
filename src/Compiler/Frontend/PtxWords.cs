using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Parameters of <c>[Ptx]</c> methods that are words of the text: those of enums with <see cref="PtxWordAttribute"/>.</summary>
internal static class PtxWords
{
    public static bool IsWord(Type type) =>
        type.IsEnum && Array.Exists(Members(type), member => member.IsDefined(typeof(PtxWordAttribute), false));

    /// <summary>All words of a call.</summary>
    public static IEnumerable<PtxWordAttribute> Of(MethodInfo method, StackValue[] arguments, Location? location) =>
        method.GetParameters().Select(parameter => Of(method, parameter.Name!, arguments, location)).OfType<PtxWordAttribute>();

    /// <summary>The word that stands for a parameter; null if it is none.</summary>
    public static PtxWordAttribute? Of(MethodInfo method, string name, StackValue[] arguments, Location? location)
    {
        ParameterInfo[] parameters = method.GetParameters();
        int index = Array.FindIndex(parameters, candidate => candidate.Name == name);
        if (index < 0 || !IsWord(parameters[index].ParameterType))
            return null;
        Type type = parameters[index].ParameterType;
        if (arguments[index].Constant is not { } value)
            throw DiagnosticKinds.OperandNotConstant.At(location, name, MethodNames.Of(method));
        FieldInfo? member = Array.Find(Members(type), candidate => Convert.ToInt64(candidate.GetRawConstantValue(), null) == value.Signed);
        return member?.GetCustomAttribute<PtxWordAttribute>()
            ?? throw DiagnosticKinds.PtxText.At(
                location, MethodNames.Of(method), $"{name} is {value.Signed}, and {type.Name} has no word for that");
    }

    private static FieldInfo[] Members(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static);
}
