using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>Questions about types, answered while compiling.</summary>
internal static class KnownTypes
{
    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new("System.Type.GetTypeFromHandle", call => StackValue.OfKnown(TypeOf(call, 0))),
        new("System.Type.op_Equality", call => Truth(TypeOf(call, 0) == TypeOf(call, 1))),
        new("System.Type.op_Inequality", call => Truth(TypeOf(call, 0) != TypeOf(call, 1))),
        new("System.Type.get_IsValueType", call => Truth(TypeOf(call, 0).IsValueType)),
        new("System.Type.get_IsEnum", call => Truth(TypeOf(call, 0).IsEnum)),
        new("System.Type.get_IsPrimitive", call => Truth(TypeOf(call, 0).IsPrimitive)),
        new("System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences", _ => Truth(false)),
        new("System.Runtime.CompilerServices.RuntimeHelpers.IsKnownConstant", call => Truth(call.Arguments[0].Constant is not null)),
    ];

    private static Type TypeOf(KnownCall call, int index) => call.Arguments[index].Known as Type
        ?? throw DiagnosticKinds.Unknown.At(call.Kernel.Location, "a type", "write typeof(T)");

    private static StackValue Truth(bool value) => new(Constant.I32(value ? 1 : 0));
}
