namespace CogVideoX.Emulator.Tests;

/// <summary>Values that trial found wrong, and their kin: carry flags, saturation, NaN to integers, shared arrays without size.</summary>
public class ValueTests
{
    [Fact]
    public void TheCarryFlagOfADifferenceIsOneWhenNothingWasBorrowed()
    {
        uint[] o = Small.Words("""
            sub.cc.u32 %r1, 5, 3;
            addc.u32 %r2, 0, 0;
            st.global.u32 [%rd1], %r2;
            sub.cc.u32 %r1, 3, 5;
            addc.u32 %r3, 0, 0;
            st.global.u32 [%rd1+4], %r3;
            add.cc.u32 %r1, 1, 1;
            subc.u32 %r4, 1, 0;
            st.global.u32 [%rd1+8], %r4;
            add.cc.u32 %r1, 0xffffffff, 1;
            subc.u32 %r5, 1, 0;
            st.global.u32 [%rd1+12], %r5;
            """);
        Assert.Equal([1u, 0, 0, 1], o[..4]);
    }

    [Theory]
    [InlineData("sub.cc.u32 %r4, 5, 5; addc.u32 %r5, 0, 0;", 1)]
    [InlineData("sub.cc.u32 %r4, 0, 1; subc.cc.u32 %r4, 0, 0; addc.u32 %r5, 0, 0;", 0)]
    [InlineData("sub.cc.u32 %r4, 0, 0; subc.cc.u32 %r4, 7, 7; addc.u32 %r5, 0, 0;", 1)]
    [InlineData("sub.cc.u32 %r4, 0, 1; subc.cc.u32 %r4, 7, 7; addc.u32 %r5, 0, 0;", 0)]
    [InlineData("sub.cc.u32 %r4, 5, 3; madc.lo.u32 %r5, 2, 3, 0;", 7)]
    [InlineData("sub.cc.u32 %r4, 3, 5; madc.lo.u32 %r5, 2, 3, 0;", 6)]
    [InlineData("mad.lo.cc.u32 %r4, 2, 0x80000000, 1; addc.u32 %r5, 0, 0;", 0)]
    [InlineData("mad.lo.cc.u32 %r4, 1, 0xffffffff, 1; subc.u32 %r5, 9, 0;", 9)]
    [InlineData("sub.cc.u64 %rd4, 0, 1; subc.u64 %rd5, 0, 0;", ulong.MaxValue)]
    [InlineData("sub.cc.u64 %rd4, 1, 1; addc.u64 %rd5, 0, 0;", 1)]
    public void CarriesGoOn(string body, ulong wanted) => Assert.Equal(wanted, Small.Value(body));

    [Theory]
    [InlineData("mov.f32 %f1, 0f40A00000; cvt.rn.sat.f16.f32 %h1, %f1; cvt.u32.u16 %r5, %h1;", 0x3c00)]
    [InlineData("mov.f32 %f1, 0f7FC00000; cvt.rn.sat.f16.f32 %h1, %f1; cvt.u32.u16 %r5, %h1;", 0)]
    [InlineData("mov.f32 %f1, 0fBF800000; cvt.rn.sat.f16.f32 %h1, %f1; cvt.u32.u16 %r5, %h1;", 0)]
    [InlineData("mov.f32 %f1, 0f3F000000; cvt.rn.sat.f16.f32 %h1, %f1; cvt.u32.u16 %r5, %h1;", 0x3800)]
    [InlineData("mov.u32 %r1, 7; cvt.rn.sat.f32.s32 %f1, %r1; mov.b32 %r5, %f1;", 0x3f800000)]
    [InlineData("mov.u32 %r1, -7; cvt.rn.sat.f32.s32 %f1, %r1; mov.b32 %r5, %f1;", 0)]
    [InlineData("mov.u32 %r1, -7; cvt.rn.sat.f32.u32 %f1, %r1; mov.b32 %r5, %f1;", 0x3f800000)]
    [InlineData("mov.u32 %r1, 9; cvt.rn.sat.f16.u32 %h1, %r1; cvt.u32.u16 %r5, %h1;", 0x3c00)]
    [InlineData("mov.u64 %rd2, 5; cvt.rn.sat.f64.u64 %fd1, %rd2; mov.b64 %rd5, %fd1;", 0x3ff0000000000000)]
    [InlineData("mov.f64 %fd2, 0d4000000000000000; cvt.sat.f64.f64 %fd1, %fd2; mov.b64 %rd5, %fd1;", 0x3ff0000000000000)]
    [InlineData("mov.f64 %fd2, 0d7FF8000000000000; cvt.rn.sat.f32.f64 %f1, %fd2; mov.b32 %r5, %f1;", 0)]
    [InlineData("mov.f32 %f1, 0f47FFFFFF; cvt.rn.satfinite.f16.f32 %h1, %f1; cvt.u32.u16 %r5, %h1;", 0x7bff)]
    public void SatClamps(string body, ulong wanted) => Assert.Equal(wanted, Small.Value(body));

    [Theory]
    [InlineData("f64", "s32", 0x80000000)]
    [InlineData("f64", "u32", 0x80000000)]
    [InlineData("f64", "s16", 0xffff8000)]
    [InlineData("f64", "u8", 0x80)]
    [InlineData("f64", "s64", 0x8000000000000000)]
    [InlineData("f32", "s64", 0x8000000000000000)]
    [InlineData("f32", "u64", 0x8000000000000000)]
    [InlineData("f32", "s32", 0)]
    [InlineData("f32", "u16", 0)]
    [InlineData("f16", "u64", 0x8000000000000000)]
    [InlineData("f16", "s32", 0)]
    public void NanBecomesTheIntegerThatTheIsaSays(string from, string to, ulong wanted)
    {
        string nan = from switch
        {
            "f64" => "mov.f64 %fd1, 0d7FF8000000000000;",
            "f32" => "mov.f32 %f1, 0f7FC00000;",
            _ => "mov.b16 %h1, 0x7E00;",
        };
        string source = from switch { "f64" => "%fd1", "f32" => "%f1", _ => "%h1" };
        Assert.Equal(
            wanted, Small.Value($"{nan} cvt.rzi.{to}.{from} {(to.EndsWith("64", StringComparison.Ordinal) ? "%rd5" : "%r5")}, {source};"));
    }

    [Fact]
    public void SharedArraysWithoutSizeAreTheSameMemory()
    {
        const string Before = ".extern .shared .align 16 .b8 a[]; .extern .shared .align 128 .b8 b[];";
        Assert.Equal([7u, 0], Small.Words("""
            st.shared.u32 [a], 7;
            ld.shared.u32 %r1, [b];
            st.global.u32 [%rd1], %r1;
            mov.u32 %r2, a;
            and.b32 %r2, %r2, 127;
            st.global.u32 [%rd1+4], %r2;
            """, Before, dynamicBytes: 64)[..2]);
    }

    [Theory]
    [InlineData("div.u32 %r5, 7, %r9;")]
    [InlineData("rem.s32 %r5, 7, %r9;")]
    [InlineData("cvt.u64.u32 %rd9, %r9; div.s64 %rd5, 7, %rd9;")]
    [InlineData("mov.u32 %r8, %tid.x; div.u32 %r5, 7, %r8;")]
    public void AnIntegerIsNotDividedByZero(string body) => Small.Faults(FaultKind.Invalid, "divides by zero", "mov.u32 %r9, 0;" + body,
        threads: 32);

    [Fact]
    public void TheSmallestIntegerDividedByMinusOneIsItself() =>
        Assert.Equal(0x80000000u, Small.Value("mov.u32 %r4, -1; div.s32 %r5, 0x80000000, %r4;"));
}
