namespace CogVideoX.Emulator.Tests;

/// <summary>Which atomics there are, and those of vectors and of 128 bits.</summary>
public class AtomicTests
{
    [Theory]
    [InlineData("atom.global.add.f16 %h2, [%rd1], %h1;", ".noftz")]
    [InlineData("red.global.add.bf16x2 [%rd1], %r1;", ".noftz")]
    [InlineData("atom.global.add.noftz.f32 %f2, [%rd1], %f1;", ".noftz")]
    [InlineData("atom.global.max.f32 %f2, [%rd1], %f1;", ".max has no .f32")]
    [InlineData("atom.global.add.s64 %rd2, [%rd1], %rd1;", ".add has no .s64")]
    [InlineData("atom.global.exch.b16 %h2, [%rd1], %h1;", ".exch has no .b16")]
    [InlineData("atom.global.max.noftz.f16 %h2, [%rd1], %h1;", "vectors")]
    [InlineData("atom.global.inc.u64 %rd2, [%rd1], %rd1;", ".inc has no .u64")]
    [InlineData("atom.global.and.u32 %r2, [%rd1], %r1;", ".and has no .u32")]
    [InlineData("red.global.exch.b32 [%rd1], %r1;", "red has no .exch")]
    [InlineData("red.acquire.gpu.global.add.u32 [%rd1], %r1;", ".acquire")]
    [InlineData("red.shared.add.v2.f32 [%r1], {%f1, %f2};", "global")]
    [InlineData("red.global.add.v8.f32 [%rd1], {%f1, %f2, %f1, %f2, %f1, %f2, %f1, %f2};", ".v8")]
    [InlineData("red.global.min.noftz.v8.f16x2 [%rd1], {%r1, %r2, %r1, %r2, %r1, %r2, %r1, %r2};", ".v8")]
    [InlineData("atom.global.add.v4.f32 {%f1, %f2}, [%rd1], {%f1, %f2, %f3, %f4};", "4 parts")]
    public void WhatPtxasRefusesIsRefused(string line, string word) => Small.Refused(word, line);

    [Fact]
    public void ElementsOfAVectorAreAddedOneByOne() => Assert.Equal([0x3f800000u, 0x40000000, 0x40400000, 0x40800000], Small.Words("""
        mov.f32 %f1, 0f00000000;
        st.global.v4.f32 [%rd1], {%f1, %f1, %f1, %f1};
        bar.sync 0;
        mov.f32 %f5, 0f3D000000; mov.f32 %f6, 0f3D800000; mov.f32 %f7, 0f3DC00000; mov.f32 %f8, 0f3E000000;
        red.global.add.v4.f32 [%rd1], {%f5, %f6, %f7, %f8};
        """, threads: 32)[..4]);

    [Fact]
    public void AVectorAtomicGivesTheOldElements() => Assert.Equal([0x40003c00u, 0x44003c00, 0x3c00, 0x4000], Small.Words("""
        mov.b32 %r1, 0x40003C00;
        st.global.u32 [%rd1], %r1;
        mov.b16 %h1, 0x3800; mov.b16 %h2, 0x4400;
        atom.global.max.noftz.v2.f16 {%h3, %h4}, [%rd1], {%h1, %h2};
        ld.global.u32 %r2, [%rd1];
        cvt.u32.u16 %r3, %h3; cvt.u32.u16 %r4, %h4;
        st.global.v4.u32 [%rd1], {%r1, %r2, %r3, %r4};
        """)[..4]);

    [Fact]
    public void AVectorIsAligned() => Small.Faults(FaultKind.Misaligned, "16-byte",
        "mov.f32 %f1, 0f3F800000; st.global.u64 [%rd1+8], 0; st.global.u64 [%rd1+16], 0; "
            + "red.global.add.v4.f32 [%rd1+8], {%f1, %f1, %f1, %f1};");

    [Fact]
    public void ALock128BitsWide() => Assert.Equal([1u, 0, 2, 0, 7, 0, 9, 0], Small.Words("""
        mov.u64 %rd2, 1; mov.u64 %rd3, 2; mov.u64 %rd4, 7; mov.u64 %rd5, 9;
        st.global.v2.u64 [%rd1+16], {%rd2, %rd3};
        mov.b128 %q0, {%rd2, %rd3};
        mov.b128 %q1, {%rd4, %rd5};
        atom.global.cas.b128 %q2, [%rd1+16], %q0, %q1;
        mov.b128 {%rd6, %rd7}, %q2;
        st.global.v2.u64 [%rd1], {%rd6, %rd7};
        """)[..8]);

    [Fact]
    public void VectorAtomicsOfUnwrittenMemoryAreFound() => Small.Faults(FaultKind.Uninitialized, "memory",
        "mov.f32 %f1, 0f3F800000; red.global.add.v2.f32 [%rd1], {%f1, %f1};");
}
