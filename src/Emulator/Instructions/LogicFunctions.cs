using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Logic and shifts (PTX ISA 9.7.8). Shifts stop at the width instead of wrapping.</summary>
internal static class LogicFunctions
{
    public readonly struct And<T> : IBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => a & b;
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.And(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a & b;
    }

    public readonly struct Or<T> : IBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => a | b;
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.Or(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a | b;
    }

    public readonly struct Xor<T> : IBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => a ^ b;
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.Xor(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a ^ b;
    }

    public readonly struct Not<T> : IUnary<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static bool HasVector => true;
        public static T Do(T a) => ~a;
        public static PartlyWritten? Carry(PartlyWritten a) => PartlyWritten.Xor(a, default);
        public static Vector256<T> Do(Vector256<T> a) => ~a;
    }

    /// <summary>1 for zero, 0 for everything else.</summary>
    public readonly struct LogicalNot<T> : IUnary<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Do(T a) => T.IsZero(a) ? T.One : T.Zero;
    }

    public readonly struct ShiftLeft32 : IBinary<uint>
    {
        public static bool HasVector => Avx2.IsSupported;
        public static uint Do(uint a, uint b) => b > 31 ? 0 : a << (int)b;
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) =>
            PartlyWritten.Shifted(a, b, (x, by) => Do((uint)x, (uint)by));
        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Avx2.ShiftLeftLogicalVariable(a, b);
    }

    public readonly struct ShiftRight32 : IBinary<uint>
    {
        public static bool HasVector => Avx2.IsSupported;
        public static uint Do(uint a, uint b) => b > 31 ? 0 : a >> (int)b;
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) =>
            PartlyWritten.Shifted(a, b, (x, by) => Do((uint)x, (uint)by));
        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Avx2.ShiftRightLogicalVariable(a, b);
    }

    public readonly struct ShiftRightSigned32 : IBinary<uint>
    {
        public static bool HasVector => Avx2.IsSupported;
        public static uint Do(uint a, uint b) => (uint)((int)a >> (int)Math.Min(b, 31));
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) =>
            PartlyWritten.Shifted(a, b, (x, by) => Do((uint)x, (uint)by));
        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) =>
            Avx2.ShiftRightArithmeticVariable(a.AsInt32(), b).AsUInt32();
    }
}
