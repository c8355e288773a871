using System.Reflection;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>A type argument that <see cref="TypesAttribute"/> doesn't allow.</summary>
/// <param name="Parameter">name of the type parameter</param> <param name="Allowed">those that it may be, as words</param>
/// <param name="Actual">what it is</param> <param name="Instead">a sentence with what stands before it, or nothing</param>
internal sealed record WrongType(string Parameter, string Allowed, string Actual, string Instead)
{
    /// <summary>The first of a closed method's type arguments that isn't allowed.</summary>
    public static WrongType? Of(MethodBase method)
    {
        if (method is not MethodInfo { IsGenericMethod: true } generic)
            return null;
        Type[] parameters = generic.GetGenericMethodDefinition().GetGenericArguments(), arguments = generic.GetGenericArguments();
        foreach (TypesAttribute rule in generic.GetCustomAttributes<TypesAttribute>())
        {
            int index = rule.Of is null ? 0 : Array.FindIndex(parameters, parameter => parameter.Name == rule.Of);
            if (index < 0)
                continue;
            Type type = arguments[index].IsEnum ? arguments[index].GetEnumUnderlyingType() : arguments[index];
            if (rule.Types.Contains(type))
                continue;
            string instead = rule.Instead.Length == 0 ? "" : $". {rule.Instead}";
            return new WrongType(parameters[index].Name, TypeNames.Any(rule.Types), TypeNames.Of(arguments[index]), instead);
        }
        return null;
    }
}
