using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>add, min and max of two 16-bit integers in a register (PTX ISA 9.7.1.1, .11, .12).</summary>
internal static class PackedIntegers
{
    public readonly struct Add : IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => a + b & 0xffff | (a >> 16) + (b >> 16) << 16;

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => (a.AsUInt16() + b.AsUInt16()).AsUInt32();
    }

    public readonly struct MinimumUnsigned : IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => Math.Min(a & 0xffff, b & 0xffff) | Math.Min(a >> 16, b >> 16) << 16;

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Vector256.Min(a.AsUInt16(), b.AsUInt16()).AsUInt32();
    }

    public readonly struct MaximumUnsigned : IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => Math.Max(a & 0xffff, b & 0xffff) | Math.Max(a >> 16, b >> 16) << 16;

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Vector256.Max(a.AsUInt16(), b.AsUInt16()).AsUInt32();
    }

    public readonly struct Minimum : IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => Both(Math.Min((short)a, (short)b), Math.Min((short)(a >> 16), (short)(b >> 16)));

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Vector256.Min(a.AsInt16(), b.AsInt16()).AsUInt32();
    }

    public readonly struct Maximum : IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => Both(Math.Max((short)a, (short)b), Math.Max((short)(a >> 16), (short)(b >> 16)));

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Vector256.Max(a.AsInt16(), b.AsInt16()).AsUInt32();
    }

    /// <summary>.relu: negative results become zero.</summary>
    public readonly struct Relu<TOther> : IBinary<uint> where TOther : struct, IBinary<uint>
    {
        public static bool HasVector => true;

        public static uint Do(uint a, uint b) => Maximum.Do(TOther.Do(a, b), 0);

        public static Vector256<uint> Do(Vector256<uint> a, Vector256<uint> b) => Maximum.Do(TOther.Do(a, b), Vector256<uint>.Zero);
    }

    /// <summary>.relu of a 32-bit minimum or maximum.</summary>
    public readonly struct ReluWord<TOther> : IBinary<int> where TOther : struct, IBinary<int>
    {
        public static int Do(int a, int b) => Math.Max(TOther.Do(a, b), 0);
    }

    private static uint Both(short low, short high) => (ushort)low | (uint)(ushort)high << 16;
}
