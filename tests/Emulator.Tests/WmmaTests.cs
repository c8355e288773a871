using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests;

/// <summary>wmma: whole numbers that every type holds, against sums worked out here.</summary>
public class WmmaTests
{
    private static string Registers(string letter, int count, int from = 0) =>
        "{" + string.Join(", ", Enumerable.Range(from, count).Select(i => $"%{letter}{i}")) + "}";

    private static int Bits(string type) =>
        type switch { "s4" or "u4" => 4, "b1" => 1, "s8" or "u8" => 8, "f16" or "bf16" => 16, "f64" => 64, _ => 32 };

    private static void Put(byte[] to, int start, int index, string type, int value)
    {
        Span<byte> at = to.AsSpan(start + index * Bits(type) / 8);
        switch (type)
        {
            case "s4" or "u4": at[0] |= (byte)((value & 15) << index % 2 * 4); break;
            case "b1": at[0] |= (byte)((value & 1) << index % 8); break;
            case "s8" or "u8": at[0] = (byte)value; break;
            case "f16": BitConverter.TryWriteBytes(at, (Half)value); break;
            case "bf16": BitConverter.TryWriteBytes(at, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)); break;
            case "f64": BitConverter.TryWriteBytes(at, (double)value); break;
            case "s32": BitConverter.TryWriteBytes(at, value); break;
            default: BitConverter.TryWriteBytes(at, (float)value); break;
        }
    }

    private static double Get(byte[] from, int index, string type) => type switch
    {
        "f16" => (double)MemoryMarshal.Cast<byte, Half>(from)[index],
        "f32" => MemoryMarshal.Cast<byte, float>(from)[index],
        "s32" => MemoryMarshal.Cast<byte, int>(from)[index],
        _ => MemoryMarshal.Cast<byte, double>(from)[index],
    };

    [Theory]
    [InlineData(16, 16, 16, "f16", "f32", "f32", 8, 8, "row", "col", "")]
    [InlineData(16, 16, 16, "f16", "f16", "f16", 8, 8, "col", "row", "")]
    [InlineData(16, 16, 16, "f16", "f16", "f32", 8, 8, "row", "row", "")]
    [InlineData(16, 16, 16, "f16", "f32", "f16", 8, 8, "col", "col", "")]
    [InlineData(32, 8, 16, "f16", "f32", "f32", 8, 8, "row", "row", "")]
    [InlineData(8, 32, 16, "f16", "f16", "f16", 8, 8, "row", "col", "")]
    [InlineData(16, 16, 16, "bf16", "f32", "f32", 4, 4, "row", "col", "")]
    [InlineData(32, 8, 16, "bf16", "f32", "f32", 8, 2, "col", "col", "")]
    [InlineData(8, 32, 16, "bf16", "f32", "f32", 2, 8, "row", "row", "")]
    [InlineData(16, 16, 8, "tf32", "f32", "f32", 4, 4, "row", "col", "")]
    [InlineData(16, 16, 16, "s8", "s32", "s32", 2, 2, "row", "col", "")]
    [InlineData(32, 8, 16, "u8", "s32", "s32", 4, 1, "col", "row", "")]
    [InlineData(8, 32, 16, "s8", "s32", "s32", 1, 4, "row", "col", "")]
    [InlineData(8, 8, 32, "s4", "s32", "s32", 1, 1, "row", "col", "")]
    [InlineData(8, 8, 32, "u4", "s32", "s32", 1, 1, "row", "col", "")]
    [InlineData(8, 8, 128, "b1", "s32", "s32", 1, 1, "row", "col", "xor")]
    [InlineData(8, 8, 128, "b1", "s32", "s32", 1, 1, "row", "col", "and")]
    [InlineData(8, 8, 4, "f64", "f64", "f64", 1, 1, "row", "col", "")]
    public void IsTheProduct(int m, int n, int k, string type, string d, string c, int ofA, int ofB, string layoutA, string layoutB,
        string bitwise)
    {
        var random = new Random(m * n + k);
        int least = type is "s8" or "s4" or "f16" or "bf16" or "tf32" or "f64" ? -3 : 0, most = bitwise.Length > 0 ? 2 : 4;
        int[] a = [.. Enumerable.Range(0, m * k).Select(_ => random.Next(least, most))], b = [.. Enumerable.Range(0, k * n).Select(_ =>
            random.Next(least, most))];
        int[] addend = [.. Enumerable.Range(0, m * n).Select(_ => random.Next(-9, 9))];
        // lines of A are as far apart as its length and 16 bytes more
        int lineA = layoutA == "row" ? k : m, strideA = lineA + 128 / Bits(type), lineB = layoutB == "row" ? n : k;
        var x = new byte[16384];
        const int AtB = 4096, AtC = 8192;
        for (int i = 0; i < m * k; i++)
            Put(x, 0, layoutA == "row" ? i / k * strideA + i % k : i % k * strideA + i / k, type, a[i]);
        for (int i = 0; i < k * n; i++)
            Put(x, AtB, layoutB == "row" ? i : i % n * lineB + i / n, type, b[i]);
        for (int i = 0; i < m * n; i++)
            Put(x, AtC, i, c, addend[i]);
        string shape = $"m{m}n{n}k{k}", fragment = type == "f64" ? "fd" : "r", types = type == "f16" ? $"{d}.{c}"
            : $"{d}.{type}.{type}.{c}";
        string lettersC = c switch { "f32" => "f", "f64" => "fd", _ => "r" }, lettersD = d switch { "f32" => "f", "f64" => "fd", _ => "r" };
        int ofC = m * n / 32 * Bits(c) / (c == "f64" ? 64 : 32), ofD = m * n / 32 * Bits(d) / (d == "f64" ? 64 : 32);
        string bodyA = Registers(fragment, ofA, 10), bodyB = Registers(fragment, ofB, 20 - (type == "f64" ? 9 : 0)),
            bodyC = Registers(lettersC, ofC, type == "f64" ? 12 : 30);
        string bodyD = Registers(lettersD, ofD, type == "f64" ? 12 : 40);
        (Fault? fault, byte[] y) = Kernel.Run($$"""
            {
            .reg .b32 %r<64>; .reg .f32 %f<64>; .reg .f64 %fd<64>;
            wmma.load.a.sync.aligned.{{layoutA}}.{{shape}}.global.{{type}} {{bodyA}}, [%rd1], {{strideA}};
            wmma.load.b.sync.aligned.{{layoutB}}.{{shape}}.{{type}} {{bodyB}}, [%rd1+{{AtB}}];
            wmma.load.c.sync.aligned.row.{{shape}}.{{c}} {{bodyC}}, [%rd1+{{AtC}}], {{n}};
            wmma.mma.{{(bitwise.Length > 0 ? bitwise + ".popc." : "")}}sync.aligned.{{layoutA}}.{{layoutB}}.{{shape}}.{{types}} {{bodyD}},
                {{bodyA}}, {{bodyB}}, {{bodyC}};
            wmma.store.d.sync.aligned.row.{{shape}}.global.{{d}} [%rd2], {{bodyD}};
            }
            """, x, 16384);
        Assert.True(fault is null, fault?.ToString());
        for (int i = 0; i < m * n; i++)
        {
            int wanted = addend[i];
            for (int j = 0; j < k; j++)
            {
                int left = a[i / n * k + j], right = b[j * n + i % n];
                wanted += bitwise == "xor" ? left ^ right : left * right;
            }
            Assert.Equal(wanted, Get(y, i, d));
        }
    }

    [Theory]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k16.global.bf16 {%r1, %r2}, [%rd1];", "4 parts")]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k8.global.bf16 {%r1, %r2, %r3, %r4}, [%rd1];", "no .bf16")]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k24.global.bf16 {%r1, %r2, %r3, %r4}, [%rd1];", "shape")]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k16.const.bf16 {%r1, %r2, %r3, %r4}, [%rd1];", "global and shared")]
    [InlineData("wmma.load.a.sync.row.m16n16k16.global.bf16 {%r1, %r2, %r3, %r4}, [%rd1];", "aligned")]
    [InlineData("wmma.load.a.sync.aligned.col.m8n8k32.global.s4 {%r1}, [%rd1];", ".row")]
    [InlineData("wmma.load.a.sync.aligned.row.m16n16k16.global.bf16 {%r1, %r2, %r3, %r4}, [%rd1], %rd2;", "not a .u32")]
    [InlineData("ld.global.s4 %h1, [%rd1];", "can't be moved")]
    [InlineData(".reg .s4 a;", "type of a register")]
    public void AWrongFormIsRefused(string line, string word) => Small.Refused(word, line);

    [Fact]
    public void WhatNobodyWroteIsCarriedToItsRows()
    {
        const string Before = ".shared .align 32 .b8 s[512]; .shared .align 32 .b8 t[1024];";
        // rows 0 to 7 of A are written, and B, and C
        const string Multiply = """
            mov.u32 %r40, %laneid; mov.u32 %r41, s; mov.u32 %r42, t; mul.lo.u32 %r43, %r40, 8; add.u32 %r41, %r41, %r43;
            mov.u32 %r44, 0x3f803f80; st.shared.v2.u32 [%r41], {%r44, %r44};
            mul.lo.u32 %r43, %r40, 16; add.u32 %r42, %r42, %r43;
            st.shared.v4.u32 [%r42], {%r44, %r44, %r44, %r44};
            bar.warp.sync -1;
            wmma.load.a.sync.aligned.row.m16n16k16.shared.bf16 {%r1, %r2, %r3, %r4}, [s];
            wmma.load.b.sync.aligned.row.m16n16k16.shared.bf16 {%r5, %r6, %r7, %r8}, [t];
            mov.f32 %f1, 0f00000000;
            wmma.mma.sync.aligned.row.row.m16n16k16.f32.bf16.bf16.f32
                {%f2, %f3, %f4, %f5, %f6, %f7, %f8, %f9}, {%r1, %r2, %r3, %r4}, {%r5, %r6, %r7, %r8},
                    {%f1, %f1, %f1, %f1, %f1, %f1, %f1, %f1};
            """;
        const string Store = "bar.warp.sync -1; "
            + "wmma.store.d.sync.aligned.row.m16n16k16.shared.f32 [t], {%f2, %f3, %f4, %f5, %f6, %f7, %f8, %f9}; bar.warp.sync -1;";
        Assert.Equal(0x41800000u, Small.Words(Multiply + Store + "ld.shared.u32 %r9, [t+508]; st.global.u32 [%rd1], %r9;", Before,
            threads: 32)[0]);
        Small.Faults(FaultKind.Uninitialized, "global memory", Multiply + Store + "ld.shared.u32 %r9, [t+512]; st.global.u32 [%rd1], %r9;",
            Before, threads: 32);
        Small.Faults(FaultKind.Uninitialized, "global memory",
            Multiply + "wmma.store.d.sync.aligned.row.m16n16k16.global.f32 [%rd1], {%f2, %f3, %f4, %f5, %f6, %f7, %f8, %f9};", Before,
                threads: 32);
    }

    [Fact]
    public void MemoryIsChecked()
    {
        const string Load = "wmma.load.a.sync.aligned.row.m16n16k16.global.bf16 {%r1, %r2, %r3, %r4},";
        Small.Faults(FaultKind.OutOfBounds, "memory", $"{Load} [%rd1+4096];", threads: 32);
        Small.Faults(FaultKind.Misaligned, "16 bytes", $"{Load} [%rd1+8];", threads: 32);
        Small.Faults(FaultKind.Invalid, "stride", $"{Load} [%rd1], 8;", threads: 32);
        Small.Faults(FaultKind.Divergent, "32 lanes", $"{Load} [%rd1];", threads: 16);
        Small.Faults(FaultKind.Invalid, "different addresses",
            $"mov.u32 %r9, %laneid; mul.wide.u32 %rd3, %r9, 16; add.s64 %rd3, %rd3, %rd1; {Load} [%rd3];", threads: 32);
        Small.Faults(FaultKind.Race, "memory", """
            mov.u32 %r9, %laneid; mov.u32 %r10, s; mul.lo.u32 %r11, %r9, 16; add.u32 %r10, %r10, %r11;
            st.shared.v4.u32 [%r10], {%r9, %r9, %r9, %r9};
            wmma.load.a.sync.aligned.row.m16n16k16.shared.bf16 {%r1, %r2, %r3, %r4}, [s];
            """, ".shared .align 32 .b8 s[512];", threads: 32);
    }
}
