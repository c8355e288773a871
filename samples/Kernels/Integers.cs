using System.Numerics;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Integer instructions: division, bits, shifts, 64-bit words.</summary>
/// <param name="a">[n]</param> <param name="b">[n]</param> <param name="results">[n, 20]</param>
[KernelName("integers")]
public readonly struct Integers(View<uint> a, View<uint> b, View<ulong> results, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        uint x = a[i], y = b[i] | 1;
        ulong wide = ((ulong)x << 32) | y;
        View<ulong> r = results.Slice((long)i * 20, 20);
        r[0] = x / y;
        r[1] = x % y;
        r[2] = (uint)((int)x / (int)y);
        r[3] = (uint)((int)x % 7);
        r[4] = x / 10;
        r[5] = Bits.MultiplyHigh(x, y);
        r[6] = (ulong)x * y;
        r[7] = (ulong)BitOperations.PopCount(x);
        r[8] = (ulong)BitOperations.LeadingZeroCount(x);
        r[9] = Bits.Reverse(x);
        r[10] = Bits.Permute(x, y, 0x3175);
        r[11] = Bits.FunnelShiftLeft(x, y, i & 31);
        r[12] = (x >> 5) & 0x1ff;
        r[13] = (uint)((int)x >> (int)(y & 31));
        r[14] = Bits.SumOfAbsoluteDifference((int)x, (int)y, 5);
        r[15] = (uint)Math.Min((int)x, (int)y) ^ Math.Max(x, y);
        r[16] = wide / (y + 12345ul);
        r[17] = (ulong)((long)wide >> 13);
        r[18] = x == 0 ? 0 : (uint)BitOperations.TrailingZeroCount(x) + 1;
        r[19] = ((ulong)(ushort)(x * 3) << 8) | (byte)y;
    }
}
