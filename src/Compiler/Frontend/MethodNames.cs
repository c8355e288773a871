using System.Reflection;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Names of methods for messages.</summary>
internal static class MethodNames
{
    public static string Of(MethodBase method)
    {
        string types = string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name));
        return $"{method.DeclaringType?.Name.Split('`')[0]}.{method.Name}({types})";
    }
}
