using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Where the scalars of a C# type lie: in order, naturally aligned, as .NET lays out unmanaged structs.</summary>
/// <param name="Size">in bytes</param> <param name="Alignment">in bytes</param> <param name="Leaves">by offset</param>
/// <param name="Fields">offsets of instance fields by metadata token</param>
internal sealed record Layout(int Size, int Alignment, Leaf[] Leaves, IReadOnlyDictionary<int, int> Fields)
{
    private static readonly ConcurrentDictionary<Type, Layout> Known = new();
    private static readonly Dictionary<int, int> NoFields = [];

    /// <exception cref="CompileException">the type can't exist in a kernel</exception>
    public static Layout Of(Type type, Location? location) =>
        Known.TryGetValue(type, out Layout? layout) ? layout : Known[type] = Make(type, location);

    /// <summary>The memory type of a scalar, or null for structs.</summary>
    public static MemoryType? ScalarOf(Type type)
    {
        if (type.IsEnum)
            type = type.GetEnumUnderlyingType();
        if (type.IsPointer || type.IsByRef || type.IsFunctionPointer)
            return MemoryType.GlobalPtr;
        if (type == typeof(TensorMap))
            return MemoryType.I64;
        if (IsSixteenBitFloat(type))
            return MemoryType.B16;
        if (type == typeof(nint) || type == typeof(nuint))
            return MemoryType.I64;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.Byte => MemoryType.U8,
            TypeCode.SByte => MemoryType.S8,
            TypeCode.Char or TypeCode.UInt16 => MemoryType.U16,
            TypeCode.Int16 => MemoryType.S16,
            TypeCode.Int32 or TypeCode.UInt32 => MemoryType.I32,
            TypeCode.Int64 or TypeCode.UInt64 => MemoryType.I64,
            TypeCode.Single => MemoryType.F32,
            TypeCode.Double => MemoryType.F64,
            _ => null,
        };
    }

    public static bool IsSixteenBitFloat(Type type) => type == typeof(Half) || type.IsDefined(typeof(SixteenBitFloatAttribute), false);

    /// <summary>The leaves of a field: their first index and their number.</summary>
    public (int First, int Count) LeavesOf(FieldInfo field, Location? location)
    {
        int start = Fields[field.MetadataToken];
        int count = Of(field.FieldType, location).Leaves.Length;
        int first = Array.FindIndex(Leaves, leaf => leaf.Offset >= start);
        return (first < 0 ? 0 : first, count);
    }

    private static Layout Make(Type type, Location? location)
    {
        if (ScalarOf(type) is { } scalar)
            return new Layout(scalar.Bytes, scalar.Bytes, [new Leaf(0, scalar, "", type.IsByRef)], NoFields);
        if (type == typeof(string) || type == typeof(DefaultInterpolatedStringHandler))
            throw DiagnosticKinds.String.At(location);
        if (!type.IsValueType || type == typeof(decimal) || type == typeof(void))
            throw DiagnosticKinds.UnsupportedType.At(location, type);
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Array.Sort(fields, (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
            return Repeat(Of(fields[0].FieldType, location), array.Length, fields[0]);
        StructLayoutAttribute? attribute = type.StructLayoutAttribute;
        if (fields is [{ Name: "FixedElementField" } element] && attribute is { Size: > 0 })
        {
            Layout one = Of(element.FieldType, location);
            return Repeat(one, attribute.Size / one.Size, element);
        }
        return Lay(type, fields, attribute, location);
    }

    private static Layout Repeat(Layout element, int count, FieldInfo field)
    {
        var leaves = new List<Leaf>(element.Leaves.Length * count);
        for (int i = 0; i < count; i++)
        {
            foreach (Leaf leaf in element.Leaves)
                leaves.Add(leaf with { Offset = leaf.Offset + i * element.Size, Name = Join($"{i}", leaf.Name) });
        }
        return new Layout(element.Size * count, element.Alignment, [.. leaves], new Dictionary<int, int> { [field.MetadataToken] = 0 });
    }

    private static Layout Lay(Type type, FieldInfo[] fields, StructLayoutAttribute? attribute, Location? location)
    {
        bool isExplicit = attribute?.Value == LayoutKind.Explicit;
        int pack = attribute is { Pack: > 0 } ? attribute.Pack : int.MaxValue;
        int end = 0, alignment = type.GetCustomAttribute<AlignedAttribute>()?.Bytes ?? (IsOf128Bits(type) ? 16 : 1);
        var offsets = new Dictionary<int, int>();
        var leaves = new List<Leaf>();
        foreach (FieldInfo field in fields)
        {
            Layout part = Of(field.FieldType, location);
            int partAlignment = Math.Min(part.Alignment, pack);
            int offset = isExplicit ? field.GetCustomAttribute<FieldOffsetAttribute>()!.Value : RoundUp(end, partAlignment);
            offsets.Add(field.MetadataToken, offset);
            foreach (Leaf leaf in part.Leaves)
                leaves.Add(leaf with { Offset = offset + leaf.Offset, Name = Join(ReadableName(field), leaf.Name) });
            end = Math.Max(end, offset + part.Size);
            alignment = Math.Max(alignment, partAlignment);
        }
        int size = Math.Max(RoundUp(Math.Max(end, 1), alignment), attribute?.Size ?? 0);
        Leaf[] sorted = [.. leaves.OrderBy(leaf => leaf.Offset)];
        return new Layout(size, alignment, Overlap(sorted) ? Words(size, alignment) : sorted, offsets);
    }

    /// <summary>.NET aligns these to their size.</summary>
    private static bool IsOf128Bits(Type type) => type == typeof(Int128) || type == typeof(UInt128);

    private static bool Overlap(Leaf[] leaves)
    {
        for (int i = 1; i < leaves.Length; i++)
        {
            if (leaves[i].Offset < leaves[i - 1].Offset + leaves[i - 1].Type.Bytes)
                return true;
        }
        return false;
    }

    /// <summary>A union is moved as plain words.</summary>
    private static Leaf[] Words(int size, int alignment)
    {
        int step = Math.Min(alignment, 4);
        MemoryType type = step switch { 1 => MemoryType.U8, 2 => MemoryType.U16, _ => MemoryType.I32 };
        return [.. Enumerable.Range(0, size / step).Select(i => new Leaf(i * step, type, $"{i}"))];
    }

    private static int RoundUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    private static string Join(string first, string second) => second.Length == 0 ? first : $"{first}_{second}";

    /// <summary>
    /// Name as the C# has it: the compiler writes <c>&lt;x&gt;P</c> for a captured parameter, <c>&lt;X&gt;k__BackingField</c> for a
    /// property.
    /// </summary>
    private static string ReadableName(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
}
