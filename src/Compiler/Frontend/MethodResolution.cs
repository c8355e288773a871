using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Which method a call on a type parameter means, once the type argument is known.</summary>
internal static class MethodResolution
{
    public static MethodInfo Find(Type type, MethodInfo declared, Location? location)
    {
        Type owner = declared.DeclaringType!;
        if (!owner.IsInterface)
            return OfObject(type, declared, location);
        if (!owner.IsAssignableFrom(type) || type.IsInterface)
            throw DiagnosticKinds.VirtualCall.At(location, MethodNames.Of(declared));
        MethodInfo open = declared.IsGenericMethod ? declared.GetGenericMethodDefinition() : declared;
        InterfaceMapping map = type.GetInterfaceMap(owner);
        int index = Array.FindIndex(
            map.InterfaceMethods, method => method.MetadataToken == open.MetadataToken && method.Module == open.Module);
        MethodInfo? found = index < 0 ? null : map.TargetMethods[index];
        if (found is null || found.IsAbstract)
            found = open;
        return declared.IsGenericMethod ? found.MakeGenericMethod(declared.GetGenericArguments()) : found;
    }

    /// <summary>ToString, Equals and GetHashCode of a struct that has its own.</summary>
    private static MethodInfo OfObject(Type type, MethodInfo declared, Location? location)
    {
        if (declared.DeclaringType == type)
            return declared;
        MethodInfo? own = type.GetMethod(declared.Name, [.. declared.GetParameters().Select(parameter => parameter.ParameterType)]);
        return own is not null && own.DeclaringType == type
            ? own : throw DiagnosticKinds.VirtualCall.At(location, MethodNames.Of(declared));
    }
}
