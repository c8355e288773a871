using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>Math and MathF.</summary>
internal static class KnownMath
{
    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new("System.MathF.Sqrt", Text.Of("sqrt.rn.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Sqrt", Text.Of("sqrt.rn.f64 {result}, {x};", IrType.F64)),
        new("System.MathF.Abs", Text.Of("abs.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Abs(Single)", Text.Of("abs.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Abs(Double)", Text.Of("abs.f64 {result}, {x};", IrType.F64)),
        new("System.Math.Abs(Int32)", IntegerAbs),
        new("System.Math.Abs(Int64)", IntegerAbs),
        new("System.MathF.Floor", Text.Of("cvt.rmi.f32.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Floor(Double)", Text.Of("cvt.rmi.f64.f64 {result}, {x};", IrType.F64)),
        new("System.MathF.Ceiling", Text.Of("cvt.rpi.f32.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Ceiling(Double)", Text.Of("cvt.rpi.f64.f64 {result}, {x};", IrType.F64)),
        new("System.MathF.Truncate", Text.Of("cvt.rzi.f32.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Truncate(Double)", Text.Of("cvt.rzi.f64.f64 {result}, {x};", IrType.F64)),
        new("System.MathF.Round(Single)", Text.Of("cvt.rni.f32.f32 {result}, {x};", IrType.F32)),
        new("System.Math.Round(Double)", Text.Of("cvt.rni.f64.f64 {result}, {x};", IrType.F64)),
        new("System.MathF.FusedMultiplyAdd", Text.Of("fma.rn.f32 {result}, {x}, {y}, {z};", IrType.F32, 3)),
        new("System.Math.FusedMultiplyAdd", Text.Of("fma.rn.f64 {result}, {x}, {y}, {z};", IrType.F64, 3)),
        new("System.MathF.CopySign", Text.Of("copysign.f32 {result}, {y}, {x};", IrType.F32, 2)),
        new("System.Math.CopySign", Text.Of("copysign.f64 {result}, {y}, {x};", IrType.F64, 2)),
        new("System.MathF.Min", Text.Of("min.NaN.f32 {result}, {x}, {y};", IrType.F32, 2)),
        new("System.MathF.Max", Text.Of("max.NaN.f32 {result}, {x}, {y};", IrType.F32, 2)),
        new("System.Math.Min(Single,Single)", Text.Of("min.NaN.f32 {result}, {x}, {y};", IrType.F32, 2)),
        new("System.Math.Max(Single,Single)", Text.Of("max.NaN.f32 {result}, {x}, {y};", IrType.F32, 2)),
        new("System.Math.Min(Double,Double)", call => DoubleExtreme(call, "min.f64 {result}, {x}, {y};")),
        new("System.Math.Max(Double,Double)", call => DoubleExtreme(call, "max.f64 {result}, {x}, {y};")),
        .. IntegerPair("Min", Opcode.Min, Opcode.MinU),
        .. IntegerPair("Max", Opcode.Max, Opcode.MaxU),
        .. Clamps(),
    ];

    private static readonly string[] Signed = ["SByte", "Int16", "Int32", "Int64", "IntPtr"];
    private static readonly string[] Unsigned = ["Byte", "UInt16", "UInt32", "UInt64", "UIntPtr"];

    private static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> IntegerPair(
        string name, Opcode ofSigned, Opcode ofUnsigned)
    {
        foreach (string type in Signed)
            yield return new($"System.Math.{name}({type},{type})", call => Pair(call, ofSigned));
        foreach (string type in Unsigned)
            yield return new($"System.Math.{name}({type},{type})", call => Pair(call, ofUnsigned));
    }

    private static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Clamps()
    {
        foreach (string type in Signed)
            yield return new($"System.Math.Clamp({type},{type},{type})", call => IntegerClamp(call, Opcode.Min, Opcode.Max));
        foreach (string type in Unsigned)
            yield return new($"System.Math.Clamp({type},{type},{type})", call => IntegerClamp(call, Opcode.MinU, Opcode.MaxU));
        yield return new("System.Math.Clamp(Single,Single,Single)", FloatClamp);
        yield return new("System.Math.Clamp(Double,Double,Double)", FloatClamp);
    }

    private static StackValue Pair(KnownCall call, Opcode opcode)
    {
        Value x = call.Scalar(0);
        return new StackValue(call.Ir.Emit(opcode, x.Type, x, call.Scalar(1)));
    }

    private static StackValue IntegerClamp(KnownCall call, Opcode min, Opcode max)
    {
        Value x = call.Scalar(0);
        Value atLeast = call.Ir.Emit(max, x.Type, x, call.Scalar(1));
        return new StackValue(call.Ir.Emit(min, x.Type, atLeast, call.Scalar(2)));
    }

    /// <summary>NaN stays NaN, and a zero keeps its sign: .NET compares, it doesn't take minima.</summary>
    private static StackValue FloatClamp(KnownCall call)
    {
        Value x = call.Scalar(0), least = call.Scalar(1), most = call.Scalar(2);
        Value cut = call.Ir.Select(call.Ir.Compare(Condition.Gt, x, most), most, x);
        return new StackValue(call.Ir.Select(call.Ir.Compare(Condition.Lt, x, least), least, cut));
    }

    /// <summary>.NET throws for the least integer; here it stays what it is.</summary>
    private static StackValue IntegerAbs(KnownCall call)
    {
        Value x = call.Scalar(0);
        return new StackValue(call.Ir.Emit(Opcode.Max, x.Type, x, call.Ir.Emit(Opcode.Neg, x.Type, x)));
    }

    /// <summary>PTX has no min.NaN for doubles: where an operand is NaN, the sum is NaN too.</summary>
    private static StackValue DoubleExtreme(KnownCall call, string text)
    {
        Value x = call.Scalar(0), y = call.Scalar(1);
        Value isNumber = call.Ir.Emit(Opcode.And, IrType.Pred, call.Ir.Compare(Condition.Eq, x, x), call.Ir.Compare(Condition.Eq, y, y));
        return new StackValue(
            call.Ir.Select(isNumber, Text.Emit(call, text, IrType.F64, x, y), call.Ir.Emit(Opcode.Add, IrType.F64, x, y)));
    }
}
