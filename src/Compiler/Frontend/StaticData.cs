using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Static fields: values that are known, bytes in the assembly, variables of the module.</summary>
internal static class StaticData
{
    public static string NameOf(FieldInfo field) => $"{field.DeclaringType?.Name}.{field.Name}";

    /// <summary>What a static readonly field holds.</summary>
    public static StackValue Value(KernelBuilder kernel, FieldInfo field)
    {
        if (typeof(Delegate).IsAssignableFrom(field.FieldType))
            throw DiagnosticKinds.VirtualCall.At(kernel.Location, NameOf(field));
        if (!(field.IsInitOnly || field.IsLiteral) || !field.FieldType.IsValueType)
            throw DiagnosticKinds.StaticField.At(kernel.Location, NameOf(field));
        var leaves = new List<Value>();
        Flatten(kernel, field.FieldType, field.GetValue(null)!, leaves);
        return StackValue.Of(field.FieldType, [.. leaves]);
    }

    /// <summary>The C# compiler puts the bytes of constant spans into fields of the assembly.</summary>
    public static bool IsData(FieldInfo field) => (field.Attributes & FieldAttributes.HasFieldRVA) != 0;

    public static Variable ConstVariable(KernelBuilder kernel, FieldInfo field) => kernel.StaticVariable(field, () =>
    {
        byte[] bytes = new byte[Marshal.SizeOf(field.FieldType)];
        RuntimeHelpers.InitializeArray(bytes, field.FieldHandle);
        return kernel.NewVariable("data", VariableSpace.Const, bytes.Length, 16, bytes);
    });

    public static Variable DeviceVariable(KernelBuilder kernel, FieldInfo field) => kernel.StaticVariable(field, () =>
    {
        Layout layout = Layout.Of(field.FieldType, kernel.Location);
        var leaves = new List<Value>();
        Flatten(kernel, field.FieldType, field.GetValue(null)!, leaves);
        byte[] bytes = new byte[layout.Size];
        for (int i = 0; i < leaves.Count; i++)
        {
            ulong bits = ((Constant)leaves[i]).Bits;
            for (int b = 0; b < layout.Leaves[i].Type.Bytes; b++)
                bytes[layout.Leaves[i].Offset + b] = (byte)(bits >> (8 * b));
        }
        byte[]? initial = Array.TrueForAll(bytes, b => b == 0) ? null : bytes;
        string name = string.Concat(NameOf(field).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return kernel.NewVariable(name, VariableSpace.Global, layout.Size, Math.Max(layout.Alignment, 4), initial);
    });

    /// <summary>The scalars of a host value as constants.</summary>
    private static void Flatten(KernelBuilder kernel, Type type, object value, List<Value> leaves)
    {
        if (Layout.ScalarOf(type) is { } scalar && !type.IsPointer)
        {
            leaves.Add(new Constant(scalar.Register, BitsOf(value)));
            return;
        }
        Layout layout = Layout.Of(type, kernel.Location);
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        if (type.IsPointer || fields.Sum(field => Layout.Of(field.FieldType, kernel.Location).Leaves.Length) != layout.Leaves.Length)
            throw DiagnosticKinds.UnsupportedType.At(kernel.Location, $"{type} as a static field");
        foreach (FieldInfo field in fields.OrderBy(field => layout.Fields[field.MetadataToken]))
            Flatten(kernel, field.FieldType, field.GetValue(value)!, leaves);
    }

    private static ulong BitsOf(object value) => value switch
    {
        bool flag => flag ? 1UL : 0,
        char letter => letter,
        float single => BitConverter.SingleToUInt32Bits(single),
        double number => BitConverter.DoubleToUInt64Bits(number),
        Half half => BitConverter.HalfToUInt16Bits(half),
        nint native => (ulong)native,
        nuint native => native,
        ulong or uint or ushort or byte => Convert.ToUInt64(value, null),
        Enum => (ulong)Convert.ToInt64(Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), null), null),
        IConvertible => (ulong)Convert.ToInt64(value, null),
        _ => (ushort)value.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)[0].GetValue(value)!,
    };
}
