using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Shapes of mma that no case has: whole numbers in fragments laid out as the ISA's text says, against sums worked out here.
/// </summary>
public class MatrixShapeTests
{
    private static int Bits(string type) =>
        type switch { "f64" => 64, "f16" => 16, "s8" or "u8" => 8, "s4" or "u4" => 4, "b1" => 1, _ => 32 };

    private static ulong Encode(string type, int value) => type switch
    {
        "f64" => BitConverter.DoubleToUInt64Bits(value),
        "f32" => BitConverter.SingleToUInt32Bits(value),
        "f16" => BitConverter.HalfToUInt16Bits((Half)value),
        _ => (ulong)value & (Bits(type) == 32 ? uint.MaxValue : (1UL << Bits(type)) - 1),
    };

    private static double Decode(string type, ulong bits) => type switch
    {
        "f64" => BitConverter.UInt64BitsToDouble(bits),
        "f32" => BitConverter.UInt32BitsToSingle((uint)bits),
        "f16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        _ => (int)bits,
    };

    /// <summary>The registers of all lanes, a register after the other, as memory.</summary>
    private static byte[] Image(string type, int registers, Func<int, int, int> element)
    {
        int bits = Bits(type), bytes = Math.Max(bits / 8, 4), per = bytes * 8 / bits;
        var image = new byte[registers * 32 * bytes];
        for (int register = 0; register < registers; register++)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                ulong word = 0;
                for (int e = 0; e < per; e++)
                    word |= Encode(type, element(lane, register * per + e)) << e * bits % 64;
                for (int i = 0; i < bytes; i++)
                    image[(register * 32 + lane) * bytes + i] = (byte)(word >> 8 * i);
            }
        }
        return image;
    }

    private static byte[] Multiply(string instruction, (string Type, byte[] Image) a, (string Type, byte[] Image) b, (string Type,
        byte[] Image) c, string typeOfD, int registersOfD)
    {
        byte[] x = [.. a.Image, .. b.Image, .. c.Image];
        var body = new System.Text.StringBuilder(
            "{ .reg .b32 %a<9>; .reg .f64 %e<9>; .reg .b32 %b<9>; .reg .f64 %g<9>; .reg .b32 %c<9>; .reg .f64 %i<9>; "
            + ".reg .b32 %d<9>; .reg .f64 %k<9>; "
            + ".reg .f32 %m<9>; .reg .f32 %n<9>; mul.wide.u32 %rd3, %r1, 4; mul.wide.u32 %rd4, %r1, 8; "
            + "add.s64 %rd5, %rd1, %rd3; add.s64 %rd6, %rd1, %rd4; add.s64 %rd7, %rd2, %rd3; add.s64 %rd8, %rd2, %rd4;\n");
        int start = 0;
        string Load(string type, byte[] image, string word, string wide, string real)
        {
            int bytes = type == "f64" ? 8 : 4, count = image.Length / 32 / bytes;
            string letter = type == "f64" ? wide : type == "f32" ? real : word;
            for (int i = 0; i < count; i++)
            {
                body.Append(
                    $"ld.global.{(type == "f64" ? "f64" : type == "f32" ? "f32" : "b32")} %{letter}{i}, "
                    + $"[%rd{(bytes == 8 ? 6 : 5)}+{start + i * 32 * bytes}];\n");
            }
            start += image.Length;
            return "{" + string.Join(", ", Enumerable.Range(0, count).Select(i => $"%{letter}{i}")) + "}";
        }
        string left = Load(a.Type, a.Image, "a", "e", ""), right = Load(b.Type, b.Image, "b", "g", ""), addend = Load(c.Type, c.Image, "c",
            "i", "m");
        string target = typeOfD == "f64" ? "k" : typeOfD == "f32" ? "n" : "d";
        int size = typeOfD == "f64" ? 8 : 4;
        body.Append(
            $"{instruction} {{{string.Join(", ", Enumerable.Range(0, registersOfD).Select(i => $"%{target}{i}"))}}}, {left}, "
            + $"{right}, {addend};\n");
        for (int i = 0; i < registersOfD; i++)
        {
            body.Append(
                $"st.global.{(size == 8 ? "f64" : typeOfD == "f32" ? "f32" : "b32")} [%rd{(size == 8 ? 8 : 7)}+{i * 32 * size}], "
                + $"%{target}{i};\n");
        }
        (Fault? fault, byte[] y) = Kernel.Run(body + "}", x, registersOfD * 32 * size, target: "sm_90");
        Assert.True(fault is null, fault?.ToString());
        return y;
    }

    [Theory]
    [InlineData(8, 4, "f64", "f64", "")]
    [InlineData(16, 4, "f64", "f64", "")]
    [InlineData(16, 8, "f64", "f64", "")]
    [InlineData(16, 16, "f64", "f64", "")]
    [InlineData(8, 16, "s8", "s32", "")]
    [InlineData(8, 16, "u8", "s32", "")]
    [InlineData(8, 32, "s4", "s32", "")]
    [InlineData(16, 32, "u4", "s32", "")]
    [InlineData(16, 64, "s4", "s32", "")]
    [InlineData(8, 128, "b1", "s32", "xor")]
    [InlineData(16, 128, "b1", "s32", "and")]
    [InlineData(16, 256, "b1", "s32", "xor")]
    public void IsTheProduct(int m, int k, string type, string sum, string bitwise)
    {
        var random = new Random(m + k);
        int least = type[0] is 's' or 'f' ? -3 : 0, most = bitwise.Length > 0 ? 2 : 4, per = Math.Max(1, 32 / Bits(type));
        int[] a = [.. Enumerable.Range(0, m * k).Select(_ => random.Next(least, most))], b = [.. Enumerable.Range(0, k * 8).Select(_ =>
            random.Next(least, most))];
        int[] c = [.. Enumerable.Range(0, m * 8).Select(_ => random.Next(-9, 9))];
        int bytes = type == "f64" ? 8 : 4, registersOfA = m * k / 32 / per, registersOfB = k * 8 / 32 / per, registersOfC = m / 4;
        int halves = m / 8;
        byte[] imageA = Image(type, registersOfA, (lane, i) =>
        {
            int register = i / per, row = lane / 4 + register % halves * 8,
                column = lane % 4 * per + i % per + register / halves * 4 * per;
            return a[row * k + column];
        });
        byte[] imageB = Image(type, registersOfB, (lane, i) => b[(lane % 4 * per + i % per + i / per * 4 * per) * 8 + lane / 4]);
        int PlaceOfC(int lane, int i) => (lane / 4 + (i < 2 ? 0 : 8)) * 8 + lane % 4 * 2 + (i & 1);
        byte[] imageC = Image(sum, registersOfC, (lane, i) => c[PlaceOfC(lane, i)]);
        string tail = bitwise.Length > 0 ? $".{bitwise}.popc" : "";
        byte[] y = Multiply($"mma.sync.aligned.m{m}n8k{k}.row.col.{sum}.{type}.{type}.{sum}{tail}", (type, imageA), (type, imageB), (sum,
            imageC), sum, registersOfC);
        for (int i = 0; i < registersOfC; i++)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                int at = PlaceOfC(lane, i), wanted = c[at];
                for (int j = 0; j < k; j++)
                {
                    int left = a[at / 8 * k + j], right = b[j * 8 + at % 8];
                    wanted += bitwise == "xor" ? left ^ right : left * right;
                }
                ulong bits = bytes == 8 ? MemoryMarshal.Cast<byte, ulong>(y)[i * 32 + lane] : MemoryMarshal.Cast<byte,
                    uint>(y)[i * 32 + lane];
                Assert.Equal(wanted, Decode(sum, bits));
            }
        }
    }

    [Theory]
    [InlineData("row", "col", "f32", "f32")]
    [InlineData("col", "row", "f32", "f16")]
    [InlineData("row", "row", "f16", "f16")]
    [InlineData("col", "col", "f32", "f32")]
    public void FourProductsAtOnce(string layoutA, string layoutB, string typeOfD, string typeOfC)
    {
        var random = new Random(5);
        int[][] a = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 32).Select(_ => random.Next(-3, 4)).ToArray())];
        int[][] b = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 32).Select(_ => random.Next(-3, 4)).ToArray())];
        int[][] c = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 64).Select(_ => random.Next(-9, 9)).ToArray())];
        static int Group(int lane) => lane / 4 % 4;
        static int High(int lane) => lane < 16 ? 0 : 4;
        static int PlaceOfC(string type, int lane, int i) => type == "f16" ? (lane % 4 + High(lane)) * 8 + i
            : ((lane & 1) + (i & 2) + High(lane)) * 8 + (i & 4) + (lane & 2) + (i & 1);
        byte[] imageA = Image("f16", 2, (lane, i) => layoutA == "row"
            ? a[Group(lane)][(lane % 4 + High(lane)) * 4 + i] : a[Group(lane)][(i + High(lane)) * 4 + lane % 4]);
        byte[] imageB = Image("f16", 2, (lane, i) => layoutB == "row"
            ? b[Group(lane)][lane % 4 * 8 + i + High(lane)] : b[Group(lane)][i * 8 + lane % 4 + High(lane)]);
        byte[] imageC = Image(typeOfC, typeOfC == "f32" ? 8 : 4, (lane, i) => c[Group(lane)][PlaceOfC(typeOfC, lane, i)]);
        int registers = typeOfD == "f32" ? 8 : 4;
        byte[] y = Multiply($"mma.sync.aligned.m8n8k4.{layoutA}.{layoutB}.{typeOfD}.f16.f16.{typeOfC}", ("f16", imageA), ("f16", imageB),
            (typeOfC, imageC), typeOfD, registers);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 8; i++)
            {
                int at = PlaceOfC(typeOfD, lane, i), row = at / 8, column = at % 8, group = Group(lane), wanted = c[group][at];
                for (int k = 0; k < 4; k++)
                    wanted += a[group][row * 4 + k] * b[group][k * 8 + column];
                ulong bits = typeOfD == "f32" ? MemoryMarshal.Cast<byte, uint>(y)[i * 32 + lane] : MemoryMarshal.Cast<byte,
                    ushort>(y)[(i / 2 * 32 + lane) * 2 + i % 2];
                Assert.Equal(wanted, Decode(typeOfD, bits));
            }
        }
    }

    [Fact]
    public void AMatrixIsTransposed()
    {
        uint[] o = Small.Words("""
            mov.u32 %r1, %laneid;
            shl.b32 %r2, %r1, 1; add.u32 %r3, %r2, 1; shl.b32 %r3, %r3, 16; or.b32 %r2, %r2, %r3;
            movmatrix.sync.aligned.m8n8.trans.b16 %r4, %r2;
            mul.wide.u32 %rd2, %r1, 4; add.s64 %rd2, %rd1, %rd2;
            st.global.u32 [%rd2], %r4;
            """, threads: 32);
        ushort[] elements = MemoryMarshal.Cast<uint, ushort>(o.AsSpan(0, 32)).ToArray();
        for (int i = 0; i < 64; i++)
            Assert.Equal(i % 8 * 8 + i / 8, elements[i]);
    }

    [Theory]
    [InlineData("/* sm_100a */ redux.sync.min.f32 %f2, %f1, -1; mov.b32 %r5, %f2;", 0xc0a00000)]
    [InlineData("/* sm_100a */ redux.sync.max.abs.f32 %f2, %f1, -1; mov.b32 %r5, %f2;", 0x40a00000)]
    [InlineData("/* sm_100a */ redux.sync.max.NaN.f32 %f2, %f1, -1; mov.b32 %r5, %f2;", 0x7fffffff)]
    [InlineData("setp.eq.u32 %p2, 1, 1; lop3.or.b32 %r5|%p1, 0, 0, 0, 0xE8, %p2; selp.u32 %r5, 7, 8, %p1;", 7)]
    [InlineData("setp.eq.u32 %p2, 1, 1; lop3.and.b32 %r5|%p1, 6, 5, 4, 0xE8, !%p2; selp.u32 %r6, 16, 32, %p1; add.u32 %r5, %r5, %r6;", 36)]
    [InlineData("setp.eq.u32 %p2, 1, 1; lop3.and.b32 _|%p1, 6, 5, 4, 0xE8, %p2; selp.u32 %r5, 1, 0, %p1;", 1)]
    public void Oddments(string body, uint wanted)
    {
        string values = "mov.u32 %r1, %laneid; mov.f32 %f1, 0f40400000; setp.eq.u32 %p1, %r1, 3; @%p1 mov.f32 %f1, 0fC0A00000; "
            + "setp.eq.u32 %p1, %r1, 9; @%p1 mov.f32 %f1, 0f7FC00000;";
        const string Store = "mov.u32 %r9, %laneid; setp.eq.u32 %p3, %r9, 0; @%p3 st.global.u32 [%rd1], %r5;";
        Assert.Equal($"{wanted:x8}", $"{Small.Words($"{values} {body} {Store}", threads: 32)[0]:x8}");
    }

    [Theory]
    [InlineData("mma.sync.aligned.m8n8k16.row.col.s32.s8.s4.s32 {%r1, %r2}, {%r3}, {%r4}, {%r5, %r6};", "types")]
    [InlineData("mma.sync.aligned.m16n8k32.row.col.f64.f64.f64.f64 {%fd1}, {%fd1}, {%fd1}, {%fd1};", "types")]
    [InlineData("mma.sync.aligned.m8n8k16.row.row.s32.s8.s8.s32 {%r1, %r2}, {%r3}, {%r4}, {%r5, %r6};", "col")]
    [InlineData("mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32 {%r1, %r2}, {%r3}, {%r4}, {%r5, %r6};", "popc")]
    [InlineData(
        "mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f32 {%r1, %r2, %r3, %r4}, {%r1, %r2}, {%r1, %r2}, "
            + "{%f1, %f2, %f3, %f4, %f5, %f6, %f7, %f8};",
        "types")]
    [InlineData("redux.sync.add.f32 %f1, %f2, -1;", "redux")]
    [InlineData("redux.sync.and.u32 %r1, %r2, -1;", "redux")]
    [InlineData("movmatrix.sync.aligned.m8n8.b16 %r1, %r2;", "trans")]
    public void AWrongFormIsRefused(string line, string word) => Small.Refused(word, line);

    [Theory]
    [InlineData(
        "mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r1, %r2}, {%r3, %r4}, {%f1, %f2, %f3, %f4}, %r5, 0;",
        "sparse")]
    [InlineData("wgmma.mma_async.sync.aligned.m64n8k32.s32.s8.s8 {%r1, %r2, %r3, %r4}, %rd2, %rd3, 1;", "integers")]
    public void FormsThatAreNotCoveredAreFaults(string line, string word) => Small.Faults(FaultKind.Invalid, word, line, threads: 32);
}
