namespace CogVideoX.Compiler.Frontend;

/// <summary>Names of types for messages, as C# writes them.</summary>
internal static class TypeNames
{
    public static string Of(Type type)
    {
        if (type.IsEnum)
            return type.Name;
        if (type.IsGenericType)
            return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Char => "char",
            TypeCode.SByte => "sbyte",
            TypeCode.Byte => "byte",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Single => "float",
            TypeCode.Double => "double",
            _ when type == typeof(nint) => "nint",
            _ when type == typeof(nuint) => "nuint",
            _ => type.Name,
        };
    }

    /// <summary>int, uint or long.</summary>
    public static string Any(IReadOnlyList<Type> types) =>
        types.Count == 1 ? Of(types[0]) : $"{string.Join(", ", types.SkipLast(1).Select(Of))} or {Of(types[^1])}";
}
