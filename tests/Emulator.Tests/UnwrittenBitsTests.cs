namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Bit-fields and packed values, as clang and nvcc write them without optimisation: load, mask, or, store. The bits beside a field are
/// carried as padding is; %rd1 points to words that nobody wrote.
/// </summary>
public class UnwrittenBitsTests
{
    private const string Variables = ".shared .align 8 .b8 s[64]; .local .align 16 .b8 l[64]; ";

    /// <summary>A field of 5 bits at 0 and one of 11 at 5, of which the first is written.</summary>
    private const string Field = "ld.local.u32 %r2, [l]; and.b32 %r3, %r2, -32; or.b32 %r4, %r3, 9; st.local.u32 [l], %r4; ";

    [Theory]
    [InlineData(Field + "ld.local.u32 %r6, [l]; and.b32 %r5, %r6, 31;")]
    [InlineData(Field + "ld.local.u8 %r6, [l]; shl.b32 %r6, %r6, 27; shr.u32 %r5, %r6, 27;")]
    [InlineData(Field + "ld.local.s8 %r6, [l]; bfe.u32 %r5, %r6, 0, 5;")]
    [InlineData(Field + "ld.local.u32 %r6, [l]; brev.b32 %r6, %r6; shr.u32 %r6, %r6, 27; brev.b32 %r6, %r6; shr.u32 %r5, %r6, 27;")]
    [InlineData("ld.local.u32 %r2, [l]; bfi.b32 %r3, 9, %r2, 3, 5; bfe.u32 %r5, %r3, 3, 5;")]
    // low bits of sums and products
    [InlineData(
        Field + "ld.local.u32 %r6, [l]; sub.s32 %r7, %r6, 4; add.u32 %r7, %r7, 4; "
        + "mul.lo.u32 %r7, %r7, 1; mad.lo.u32 %r7, %r7, 1, 0; and.b32 %r5, %r7, 31;")]
    [InlineData(Field + "ld.local.u32 %r6, [l]; mov.u32 %r7, 9; shf.r.wrap.b32 %r5, 4608, 4608, %r6;")]
    // through shared memory and a call's parameter
    [InlineData(Field + "ld.local.u32 %r6, [l]; st.shared.u32 [s], %r6; ld.shared.u32 %r7, [s]; and.b32 %r5, %r7, 31;")]
    [InlineData(
        Field + "ld.local.u32 %r6, [l]; st.shared.u32 [s], 0; st.shared.u32 [s], %r6; ld.shared.u8 %r7, [s]; and.b32 %r5, %r7, 31;")]
    // in the third word of a vector
    [
        InlineData(
            "st.local.v2.u32 [l], {1, 2}; st.local.u32 [l+12], 4; ld.local.u32 %r1, [l+8]; and.b32 %r1, %r1, -32; or.b32 %r1, %r1, "
            + "9; st.local.u32 [l+8], %r1;"
        + "ld.local.v4.u32 {%r1, %r2, %r3, %r4}, [l]; and.b32 %r5, %r3, 31;")]
    public void WrittenBitsMayBeUsed(string body) => Assert.Equal(9u, Small.Value(Variables + body));

    [Theory]
    [InlineData(Field + "ld.local.u32 %r6, [l]; and.b32 %r5, %r6, 63;")]
    [InlineData(Field + "ld.local.u8 %r6, [l]; shr.u32 %r5, %r6, 5;")]
    [InlineData(Field + "ld.local.s8 %r6, [l]; shr.s32 %r5, %r6, 31;")]
    [InlineData(Field + "ld.local.u32 %r6, [l]; add.u32 %r5, %r6, 4;")]
    [InlineData(Field + "ld.local.u32 %r6, [l]; shf.r.clamp.b32 %r5, 4608, 4608, %r6;")]
    [InlineData(Field + "ld.local.u32 %r6, [l]; shf.r.wrap.b32 %r5, %r6, %r6, 1;")]
    // a flag set among flags that nobody wrote, and one read out of them
    [InlineData("ld.local.u32 %r6, [l]; or.b32 %r5, %r6, 4;")]
    [InlineData("ld.local.u32 %r6, [l]; and.b32 %r5, %r6, 1;")]
    [InlineData("ld.local.u32 %r6, [l]; add.u32 %r6, %r6, 1; and.b32 %r6, %r6, 15; or.b32 %r5, %r6, 16;")]
    public void OthersMayNot(string body) =>
        Small.Faults(FaultKind.Uninitialized, "", Variables + body + "add.u32 %r5, %r5, 0; st.global.u32 [%rd1], %r5;");

    private const string Copy = Variables
        + "st.local.u8 [l], 7; st.local.u32 [l+4], 8; mov.u64 %rd2, l; mov.u64 %rd3, %rd1; mov.u32 %r2, 0; "
        + "L: ld.local.u8 %h1, [%rd2]; st.global.u8 [%rd3], %h1; add.s64 %rd2, %rd2, STEP; add.s64 %rd3, %rd3, STEP; "
        + "add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, 8; @%p1 bra L; ";

    /// <summary>Compilers copy large structs byte by byte, padding included.</summary>
    [Fact]
    public void PaddingMayBeCopiedByteByByte() => Assert.Equal(8u, Small.Value(Copy.Replace("STEP", "1") + "ld.global.u32 %r5, [%rd1+4];"));

    [Fact]
    public void AByteAloneMayNot()
    {
        Small.Faults(FaultKind.Uninitialized, "", Copy.Replace("STEP", "2"));
        Small.Faults(FaultKind.Uninitialized, "", Variables + "ld.local.u8 %h1, [l]; st.global.u8 [%rd1], %h1;");
    }

    /// <summary>Zeros beside a value that nobody wrote don't make it a part of one.</summary>
    [Theory]
    [InlineData("ld.shared.u8 %r5, [s];")]
    [InlineData("cvt.u32.u16 %r5, %h3;")]
    [InlineData("ld.local.u32 %r6, [l]; shl.b32 %r5, %r6, 2;")]
    [InlineData("ld.local.u32 %r6, [l]; shr.u32 %r5, %r6, 16;")]
    [InlineData("ld.local.u32 %r6, [l]; and.b32 %r5, %r6, 255;")]
    [InlineData("ld.local.u32 %r6, [l]; bfe.u32 %r5, %r6, 8, 8;")]
    [InlineData("ld.local.u32 %r6, [l]; cvt.u64.u32 %rd5, %r6;")]
    [InlineData("ld.local.u32 %r6, [l]; prmt.b32 %r5, %r6, %r6, 0x2103;")]
    public void AWiderValueOfThemMayNotLeave(string body) =>
        Small.Faults(
            FaultKind.Uninitialized, "",
            Variables + body + (body.Contains("%rd5") ? "st.global.u64 [%rd1], %rd5;" : "st.global.u32 [%rd1], %r5;"));

    /// <summary>An overwritten field is whole again, and one whose bits come back unwritten isn't.</summary>
    [Fact]
    public void AStoreEndsWhatWasWrittenByTheBit()
    {
        Assert.Equal(7u, Small.Value(Variables + Field + "st.local.u32 [l], 7; ld.local.u32 %r5, [l];"));
        Small.Faults(FaultKind.Uninitialized, "", Variables + Field + "ld.local.u32 %r6, [l+4]; st.local.u32 [l], %r6; "
            + "ld.local.u32 %r7, [l]; and.b32 %r5, %r7, 31; st.global.u32 [%rd1], %r5;");
    }

    /// <summary>What leaves the launch: a struct with bits that no field has, and two parts of a struct joined in one register.</summary>
    [Theory]
    [InlineData("ld.global.u32 %r2, [%rd1]; and.b32 %r3, %r2, -32; or.b32 %r4, %r3, 9; st.global.u32 [%rd1], %r4;"
        + "ld.global.u32 %r2, [%rd1]; and.b32 %r3, %r2, -65505; or.b32 %r4, %r3, 64; st.global.u32 [%rd1], %r4;")]
    [InlineData(
        Field + "ld.local.u32 %r6, [l]; and.b32 %r6, %r6, -65505; mov.u32 %r7, 64; or.b32 %r6, %r6, %r7; st.global.u32 [%rd1], %r6;")]
    [InlineData("st.local.u8 [l], 73; ld.local.u32 %rd2, [l]; mov.u64 %rd3, 5; shl.b64 %rd3, %rd3, 32; or.b64 %rd4, %rd3, %rd2; "
        + "st.local.u64 [l+8], %rd4; ld.local.u32 %r6, [l+8]; st.global.u32 [%rd1], %r6;")]
    public void PaddingBitsMayLeave(string body) => Assert.Equal(73u, Small.Value(Variables + body + "ld.global.u8 %r5, [%rd1];") & 127);
}
