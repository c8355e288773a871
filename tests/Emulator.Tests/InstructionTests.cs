using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests;

/// <summary>Values of instructions that no case covers, worked out by hand from the ISA's text.</summary>
public class InstructionTests
{
    /// <summary>Runs lines that leave a result in %r5, lane 0's.</summary>
    private static uint Word(string body)
    {
        (Fault? fault, byte[] y) = Kernel.Run(body + "\nst.global.u32 [%rd2], %r5;", new byte[16], 16, threads: 1);
        Assert.True(fault is null, fault?.ToString());
        return MemoryMarshal.Read<uint>(y);
    }

    [Theory]
    [InlineData("bfe.u32 %r5, 0xdeadbeef, 8, 16;", 0xadbeu)]
    [InlineData("bfe.s32 %r5, 0xdeadbeef, 28, 8;", 0xfffffffdu)]
    [InlineData("bfi.b32 %r5, 0xff, 0x12345678, 4, 8;", 0x12345ff8u)]
    [InlineData("prmt.b32 %r5, 0x33221180, 0x77665544, 0x8765;", 0xff776655u)]
    [InlineData("lop3.b32 %r5, 0xf0, 0xcc, 0xaa, 0x96;", 0x96u)]
    [InlineData("shf.r.clamp.b32 %r5, 0x11111111, 0x22222222, 40;", 0x22222222u)]
    [InlineData("shl.b32 %r5, 1, 32;", 0u)]
    [InlineData("shr.s32 %r5, 0x80000000, 99;", 0xffffffffu)]
    [InlineData("mul.hi.s32 %r5, -2, 3;", 0xffffffffu)]
    [InlineData("mad.lo.s32 %r5, -2, 3, 10;", 4u)]
    [InlineData("add.sat.s32 %r5, 0x7fffffff, 1;", 0x7fffffffu)]
    [InlineData("bfind.u32 %r5, 0x00f0;", 7u)]
    [InlineData("bfind.shiftamt.u32 %r5, 0x00f0;", 24u)]
    [InlineData("dp4a.s32.s32 %r5, 0x01ff0203, 0x02020304, 1;", 19u)]
    [InlineData("add.cc.u32 %r4, 0xffffffff, 2; addc.u32 %r5, 0, 0;", 1u)]
    [InlineData("sub.cc.u32 %r4, 1, 2; subc.u32 %r5, 5, 0;", 4u)]
    [InlineData("div.s32 %r5, -7, 2;", 0xfffffffdu)]
    [InlineData("rem.s32 %r5, -7, 2;", 0xffffffffu)]
    [InlineData("cvt.rn.f16x2.f32 %r5, 0f3F800000, 0f40000000;", 0x3c004000u)]
    [InlineData("cvt.rn.bf16x2.f32 %r5, 0f3F800000, 0fC0000000;", 0x3f80c000u)]
    [InlineData("cvt.rni.s32.f32 %r5, 0f40200000;", 2u)]
    [InlineData("cvt.rzi.u32.f32 %r5, 0fBF800000;", 0u)]
    [InlineData("cvt.rzi.s32.f32 %r5, 0f7FC00000;", 0u)]
    [InlineData("cvt.rna.tf32.f32 %r5, 0f3F801000;", 0x3f802000u)]
    [InlineData("mov.b32 %f1, 0f00000001; add.ftz.f32 %f2, %f1, %f1; mov.b32 %r5, %f2;", 0u)]
    [InlineData("mov.b32 %f1, 0f00000001; add.f32 %f2, %f1, %f1; mov.b32 %r5, %f2;", 2u)]
    [InlineData("add.rz.f32 %f2, 0f3F800000, 0f33FFFFFF; mov.b32 %r5, %f2;", 0x3f800000u)]
    [InlineData("add.rp.f32 %f2, 0f3F800000, 0f00000001; mov.b32 %r5, %f2;", 0x3f800001u)]
    [InlineData("add.rm.f32 %f2, 0f3F800000, 0fBF800000; mov.b32 %r5, %f2;", 0x80000000u)]
    [InlineData("mul.rz.f32 %f2, 0f7F7FFFFF, 0f40000000; mov.b32 %r5, %f2;", 0x7f7fffffu)]
    [InlineData("div.rp.f32 %f2, 0f3F800000, 0f40400000; mov.b32 %r5, %f2;", 0x3eaaaaabu)]
    [InlineData("div.rz.f32 %f2, 0f3F800000, 0f40400000; mov.b32 %r5, %f2;", 0x3eaaaaaau)]
    [InlineData("sqrt.rm.f32 %f2, 0f40000000; mov.b32 %r5, %f2;", 0x3fb504f3u)]
    [InlineData("sqrt.rp.f32 %f2, 0f40000000; mov.b32 %r5, %f2;", 0x3fb504f4u)]
    [InlineData("add.f32 %f2, 0f7F800000, 0fFF800000; mov.b32 %r5, %f2;", 0x7fffffffu)]
    [InlineData("max.f32 %f2, 0f7FC00000, 0f3F800000; mov.b32 %r5, %f2;", 0x3f800000u)]
    [InlineData("max.NaN.f32 %f2, 0f7FC00000, 0f3F800000; mov.b32 %r5, %f2;", 0x7fffffffu)]
    [InlineData("min.f32 %f2, 0f80000000, 0f00000000; mov.b32 %r5, %f2;", 0x80000000u)]
    [InlineData("mul.sat.f32 %f2, 0f40000000, 0f40000000; mov.b32 %r5, %f2;", 0x3f800000u)]
    [InlineData("fma.rn.bf16x2 %r5, 0x3f803f80, 0x3f813f81, 0x0001;", 0x3f813f81u)]
    [InlineData("setp.ltu.f32 %p1, 0f7FC00000, 0f00000000; selp.u32 %r5, 1, 0, %p1;", 1u)]
    [InlineData("setp.ne.f32 %p1, 0f7FC00000, 0f00000000; selp.u32 %r5, 1, 0, %p1;", 0u)]
    [InlineData("mov.b64 %rd9, {1, 2}; mov.b64 {_, %r5}, %rd9;", 2u)]
    [InlineData("add.rm.f64 %fd1, 0d3FF0000000000000, 0dBC00000000000000; cvt.rm.f32.f64 %f1, %fd1; mov.b32 %r5, %f1;", 0x3f7fffffu)]
    public void GivesTheIsasValue(string body, uint wanted) => Assert.Equal($"{wanted:x8}", $"{Word(body):x8}");

    [Theory]
    [InlineData("frobnicate.u32 %r5, 1;", "unknown instruction")]
    [InlineData("add.u32.wrong %r5, 1, 2;", "isn't known here")]
    [InlineData("add.u32 %r5, %f1, 2;", "not a .u32")]
    [InlineData("add.u32 %r5, 1;", "operands")]
    [InlineData("ld.global.u32 %r5, [nothing];", "isn't declared")]
    [InlineData("mov.u32 %r5, %nonsense;", "isn't known")]
    public void RefusesWhatItDoesNotKnow(string line, string word)
    {
        var error = Assert.Throws<PtxException>(() => Kernel.Run("\n\n" + line, new byte[16], 16));
        Assert.Contains(word, error.Message);
        Assert.True(error.Line > 10, error.Message);
    }

    [Fact]
    public void DoesNotCrashOnBrokenInstructions()
    {
        string text = File.ReadAllText(Path.Combine(Goldens.Cases, "simt.ptx"));
        string[] lines = text[text.IndexOf(".visible .entry integers", StringComparison.Ordinal)..].Split('\n')[..220];
        string[] words =
            [.. lines.SelectMany(l => l.Split(' ', '\t', ',', ';').Where(w => w.Length > 0 && !w.StartsWith(".loc"))).Distinct()];
        var random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            string body = string.Join("\n", Enumerable.Range(0, 6).Select(_ =>
                $"{words[random.Next(words.Length)]} "
                    + $"{string.Join(", ", Enumerable.Range(0, random.Next(5)).Select(_ => words[random.Next(words.Length)]))};"));
            string real = string.Join(
                "\n", lines.Where(l => l.StartsWith('\t') && l.Contains(';') && l.Contains('%') && random.Next(8) == 0));
            try
            {
                Kernel.Run(
                    real.Replace(words[random.Next(words.Length)], words[random.Next(words.Length)]) + (round % 2 == 0 ? body : ""),
                    new byte[64], 64, options: new LaunchOptions { MaxLaunchInstructions = 2000 });
            }
            catch (PtxException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 400); // and whatever is thrown else fails the test
    }
}
