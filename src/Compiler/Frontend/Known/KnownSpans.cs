using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>Spans over a thread's own memory, shared memory and constant data. As everywhere in a kernel, an index isn't checked.</summary>
internal static class KnownSpans
{
    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        .. Both("get_Item", Item),
        .. Both(".ctor(Void*,Int32)", Construct),
        .. Both("Slice(Int32)", call => Slice(call, null)),
        .. Both("Slice(Int32,Int32)", call => Slice(call, call.Scalar(2))),
        new("System.Runtime.CompilerServices.RuntimeHelpers.CreateSpan", OfData),
        new("System.Runtime.InteropServices.MemoryMarshal.CreateSpan", Create),
        new("System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan", Create),
    ];

    private static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Both(
        string method, Func<KnownCall, StackValue> translate) =>
        [new($"System.Span`1.{method}", translate), new($"System.ReadOnlySpan`1.{method}", translate)];

    /// <summary>A span's fields: the reference, then the length.</summary>
    private static Value[] Fields(KnownCall call) => call.Memory.Load(call.Method.DeclaringType!, call.Arguments[0]).Leaves;

    private static StackValue Item(KnownCall call) => Advance(call, Fields(call)[0], call.Scalar(1));

    private static StackValue Advance(KnownCall call, Value first, Value index)
    {
        int size = Layout.Of(call.OwnerArgument(0), call.Kernel.Location).Size;
        if (first.Type == IrType.SharedPtr)
            return call.Memory.Offset(StackValue.Pointer(first, 0), call.Ir.Emit(Opcode.Mul, IrType.I32, index, Constant.I32(size)));
        Value wide = call.Ir.Emit(Opcode.SignExtend, IrType.I64, index);
        return call.Memory.Offset(StackValue.Pointer(first, 0), call.Ir.Emit(Opcode.Mul, IrType.I64, wide, Constant.I64(size)));
    }

    private static StackValue Construct(KnownCall call)
    {
        Value first = call.Kernel.Scalar(call.Memory.Dereferenceable(call.Arguments[1]));
        call.Memory.Store(call.Method.DeclaringType!, call.Arguments[0], StackValue.OfStruct(first, call.Scalar(2)));
        return StackValue.Nothing;
    }

    private static StackValue Slice(KnownCall call, Value? length)
    {
        Value[] fields = Fields(call);
        Value start = call.Scalar(1);
        length ??= call.Ir.Emit(Opcode.Sub, IrType.I32, fields[1], start);
        return StackValue.OfStruct(call.Kernel.Scalar(Advance(call, fields[0], start)), length);
    }

    private static StackValue Create(KnownCall call) => StackValue.OfStruct(call.Kernel.Scalar(call.Arguments[0]), call.Scalar(1));

    private static StackValue OfData(KnownCall call)
    {
        if (call.Arguments[0].Known is not FieldInfo field)
            throw DiagnosticKinds.Unknown.At(call.Kernel.Location, "the data of a span", "write it as [1, 2, 3]");
        Variable data = StaticData.ConstVariable(call.Kernel, field);
        int count = data.Bytes / Layout.Of(call.TypeArgument(0), call.Kernel.Location).Size;
        return StackValue.OfStruct(call.Kernel.AddressOf(data), Constant.I32(count));
    }
}
