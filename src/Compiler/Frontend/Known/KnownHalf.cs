using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>System.Half. Its arithmetic is that of floats, rounded once more; for these operations that gives the nearest Half.</summary>
internal static class KnownHalf
{
    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new("System.Half.op_Explicit(Half)", FromHalf),
        new("System.Half.op_Implicit(Half)", FromHalf),
        new("System.Half.op_Explicit(Single)", Text.Of("cvt.rn.f16.f32 {result}, {x};", IrType.B16)),
        new("System.Half.op_Explicit(Double)", Text.Of("cvt.rn.f16.f64 {result}, {x};", IrType.B16)),
        new("System.Half.op_Addition", Text.Of("add.rn.f16 {result}, {x}, {y};", IrType.B16, 2)),
        new("System.Half.op_Subtraction", Text.Of("sub.rn.f16 {result}, {x}, {y};", IrType.B16, 2)),
        new("System.Half.op_Multiply", Text.Of("mul.rn.f16 {result}, {x}, {y};", IrType.B16, 2)),
        new("System.Half.op_Division", Divide),
        new("System.Half.op_Equality", Compared(Condition.Eq)),
        new("System.Half.op_Inequality", Compared(Condition.Ne)),
        new("System.Half.op_LessThan", Compared(Condition.Lt)),
        new("System.Half.op_LessThanOrEqual", Compared(Condition.Le)),
        new("System.Half.op_GreaterThan", Compared(Condition.Gt)),
        new("System.Half.op_GreaterThanOrEqual", Compared(Condition.Ge)),
        new("System.Half.IsNaN", call => new StackValue(Truth(call, call.Ir.Compare(Condition.Ne, Widened(call, 0), Widened(call, 0))))),
    ];

    /// <summary>Conversions differ in their result alone.</summary>
    private static StackValue FromHalf(KnownCall call)
    {
        Type target = ((System.Reflection.MethodInfo)call.Method).ReturnType;
        Value single = Widened(call, 0);
        Ir.MemoryType type = Layout.ScalarOf(target)!.Value;
        Opcode toInteger = target == typeof(uint) ? Opcode.ToIntegerU : Opcode.ToInteger;
        return type.Register switch
        {
            IrType.F32 => new StackValue(single),
            IrType.F64 => new StackValue(call.Ir.Emit(Opcode.ConvertFloat, IrType.F64, single)),
            IrType.I64 => new StackValue(call.Ir.Emit(IsUnsigned(target) ? Opcode.ToIntegerU : Opcode.ToInteger, IrType.I64, single)),
            _ => new StackValue(Narrowing.ToSmall(call.Ir, call.Ir.Emit(toInteger, IrType.I32, single), type)),
        };
    }

    private static bool IsUnsigned(Type type) => type == typeof(ulong) || type == typeof(nuint);

    private static Value Widened(KnownCall call, int index) =>
        Text.Emit(call, "cvt.f32.f16 {result}, {x};", IrType.F32, call.Scalar(index));

    private static Value Truth(KnownCall call, Value predicate) => call.Ir.Emit(Opcode.ZeroExtend, IrType.I32, predicate);

    private static StackValue Divide(KnownCall call)
    {
        Value quotient = call.Ir.Emit(Opcode.Div, IrType.F32, Widened(call, 0), Widened(call, 1));
        return new StackValue(Text.Emit(call, "cvt.rn.f16.f32 {result}, {x};", IrType.B16, quotient));
    }

    private static Func<KnownCall, StackValue> Compared(Condition condition) =>
        call => new StackValue(Truth(call, call.Ir.Compare(condition, Widened(call, 0), Widened(call, 1))));
}
