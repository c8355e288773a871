using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>What a kernel's type promises: its one constructor, its Run, and the parameters of the PTX entry.</summary>
internal sealed class KernelSignature
{
    private KernelSignature(Type kernel)
    {
        Run = RunOf(kernel);
        ConstructorInfo[] constructors = kernel.GetConstructors();
        Location = PlaceOf([.. constructors, Run]);
        if (constructors.Length != 1)
            throw DiagnosticKinds.NotOneConstructor.At(Location, kernel, constructors.Length);
        Constructor = constructors[0];
        foreach (ParameterInfo parameter in Constructor.GetParameters())
            Parameters.AddRange(Flatten(parameter));
    }

    public ConstructorInfo Constructor { get; }

    public MethodInfo Run { get; }

    /// <summary>For errors about the kernel as a whole.</summary>
    public Location Location { get; }

    public List<KernelParameter> Parameters { get; } = [];

    /// <summary>Checks the type and reads it.</summary>
    public static KernelSignature Of(Type kernel)
    {
        if (!kernel.IsValueType || !kernel.IsDefined(typeof(IsReadOnlyAttribute), false) || !typeof(IKernel).IsAssignableFrom(kernel))
            throw DiagnosticKinds.NotAKernel.At(PlaceOf(kernel), kernel);
        if (kernel.ContainsGenericParameters)
            throw DiagnosticKinds.NotClosed.At(PlaceOf(kernel), kernel);
        return new KernelSignature(kernel);
    }

    private static MethodInfo RunOf(Type kernel)
    {
        InterfaceMapping map = kernel.GetInterfaceMap(typeof(IKernel));
        return map.TargetMethods[Array.FindIndex(map.InterfaceMethods, method => method.Name == nameof(IKernel.Run))];
    }

    /// <summary>The first of the methods that has a line in the C#: a primary constructor has none.</summary>
    private static Location PlaceOf(MethodBase[] methods)
    {
        Location[] places = Array.ConvertAll(methods, method => new Location(method, 0, null));
        return Array.Find(places, place => SourceMap.Find(place) is not null) ?? places[0];
    }

    private static Location? PlaceOf(Type type)
    {
        const BindingFlags All =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        MethodBase[] methods = [.. type.GetMembers(All).OfType<MethodBase>()];
        return methods.Length == 0 ? null : PlaceOf(methods);
    }

    private IEnumerable<KernelParameter> Flatten(ParameterInfo parameter)
    {
        string name = parameter.Name!;
        Type type = parameter.ParameterType;
        if (type == typeof(TensorMap))
            return [new KernelParameter(name, MemoryType.U8, 128)];
        if (!CanBePassed(type))
            throw DiagnosticKinds.ParameterType.At(Location, name, type);
        Layout layout = Layout.Of(type, Location);
        Leaf[] leaves = layout.Leaves;
        if (leaves.Length == 1)
            return [new KernelParameter(name, leaves[0].Type)];
        if (IsView(type))
            return leaves.Select((leaf, i) => new KernelParameter(i == 0 ? name : $"{name}_{leaf.Name}", leaf.Type));
        int[] pointers = [.. leaves.Where(leaf => leaf.IsPointer).Select(leaf => leaf.Offset)];
        return [new KernelParameter(name, MemoryType.U8, 0, new ParameterStruct(layout.Size, layout.Alignment, pointers))];
    }

    /// <summary>What .NET may lay out as it likes, such as a tuple, lies otherwise on the host.</summary>
    private static bool IsLaidOutInOrder(Type type) => type.StructLayoutAttribute?.Value != LayoutKind.Auto;

    /// <summary>A view is passed as two parameters, its pointer and its length.</summary>
    private static bool IsView(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(View<>);

    private static bool CanBePassed(Type type)
    {
        if (type.IsByRef || type.IsByRefLike || type == typeof(decimal))
            return false;
        if (type.IsPointer)
            return type.GetElementType()! is var element && (element == typeof(void) || CanBePassed(element));
        if (type.IsPrimitive || type.IsEnum || Layout.IsSixteenBitFloat(type))
            return true;
        return type.IsValueType && type != typeof(TensorMap) && IsLaidOutInOrder(type) && Array.TrueForAll(
            type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), field => CanBePassed(field.FieldType));
    }
}
