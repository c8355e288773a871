namespace CogVideoX.Emulator.Tests;

/// <summary>Bytes that nobody wrote may be carried anywhere; what depends on them is a fault.</summary>
public class UnwrittenTests
{
    private const string Shared = ".shared .align 16 .b8 s[64]; .local .align 16 .b8 l[64]; ";

    /// <summary>A struct {u8, u32} that is copied whole: padding goes along, from one buffer that nobody wrote to another.</summary>
    [Fact]
    public void PaddingIsCopied()
    {
        PtxModule module = Kernel.Module("""
            st.global.u8 [%rd2], 1; st.global.u32 [%rd2+4], 2;
            ld.global.u64 %rd3, [%rd2]; st.global.u64 [%rd2+16], %rd3;
            """);
        Assert.Null(Launch(module).Fault);
    }

    [Fact]
    public void WhatWasCopiedIsStillUnwritten()
    {
        PtxModule module = Kernel.Module("""
            st.global.u8 [%rd2], 1; st.global.u32 [%rd2+4], 2;
            ld.global.u64 %rd3, [%rd2]; st.global.u64 [%rd2+16], %rd3;
            ld.global.u8 %r5, [%rd2+17]; setp.eq.u32 %p1, %r5, 0; @%p1 bra L; L:
            """);
        Fault fault = Assert.IsType<Fault>(Launch(module).Fault);
        Assert.Equal(FaultKind.Uninitialized, fault.Kind);
        Assert.Contains("read at line", fault.Message, StringComparison.Ordinal);
        Assert.Equal("y", fault.Allocation);
    }

    public static TheoryData<string> Fine => new(
        "mov.f32 %f1, 0f3F800000; st.global.v4.f32 [%rd2], {%f1, %f1, %f1, %f2};",
        "add.u32 %r5, %r6, 1;",
        "mov.u32 %r5, %r6;",
        Shared + "atom.shared.exch.b32 %r5, [s], 9; ld.shared.u32 %r6, [s]; st.global.u32 [%rd2], %r6;",
        // nvcc adds an unwritten word and drops the sum
        Shared
            + "st.shared.u32 [s], 3; ld.shared.v2.u32 {%r5, %r6}, [s]; add.u32 %r7, %r5, %r6; "
            + "setp.eq.u32 %p1, %r5, 3; selp.u32 %r8, %r5, %r7, %p1; st.global.u32 [%rd2], %r8;",
        // bytes taken out of a word by shift, mask, bfe, prmt, cvt and mov
        Shared + "st.shared.u8 [s+3], 7; ld.shared.u32 %r5, [s]; shr.u32 %r6, %r5, 24; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u8 [s], 7; ld.shared.u32 %r5, [s]; and.b32 %r6, %r5, 255; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u8 [s+1], 7; ld.shared.u32 %r5, [s]; bfe.u32 %r6, %r5, 8, 8; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u8 [s+1], 7; ld.shared.u32 %r5, [s]; prmt.b32 %r6, %r5, 0, 0x5441; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u8 [s], 7; ld.shared.u32 %r5, [s]; cvt.u32.u8 %r6, %r5; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u32 [s+4], 7; ld.shared.u64 %rd5, [s]; mov.b64 {%r5, %r6}, %rd5; st.global.u32 [%rd2], %r6;",
        Shared + "st.shared.u32 [s], 7; ld.shared.u64 %rd5, [s]; cvt.u32.u64 %r5, %rd5; st.global.u32 [%rd2], %r5;",
        Shared
            + "st.shared.u32 [s], 7; ld.shared.u64 %rd5, [s]; shl.b64 %rd6, %rd5, 32; shr.u64 %rd6, %rd6, 32; st.global.u64 [%rd2], %rd6;",
        // overwritten before it is used
        Shared
            + "ld.shared.u64 %rd5, [s]; st.shared.u64 [s+8], %rd5; st.shared.u64 [s+8], %rd1; "
            + "ld.shared.u64 %rd6, [s+8]; st.global.u64 [%rd2], %rd6;",
        // through local and shared memory, a sum included
        Shared + "add.u32 %r5, %r6, 1; st.local.u32 [l], %r5; ld.local.u32 %r7, [l]; st.shared.u32 [s], %r7; ld.shared.u32 %r8, [s];",
        // a predicate that doesn't matter
        "setp.eq.u32 %p1, %r6, 0; setp.eq.u32 %p2, %r1, 99; and.pred %p3, %p1, %p2; @%p3 bra L; L:",
        "setp.eq.u32 %p1, %r6, 0; setp.lt.u32 %p2, %r1, 99; or.pred %p3, %p1, %p2; @%p3 bra L; L:",
        "setp.eq.u32 %p1, %r6, 0; @%p1 mov.u32 %r5, 1;",
        "shfl.sync.bfly.b32 %r5, %r6, 1, 31, 0xffffffff;");

    [Theory]
    [MemberData(nameof(Fine))]
    public void MayBeCarried(string body) => Assert.Null(Kernel.Run(body, new byte[64], 64, Threads(body)).Fault?.ToString());

    public static TheoryData<string> Wrong => new(
        Shared + "ld.shared.u32 %r5, [s]; st.global.u32 [%rd2], %r5;",
        Shared
            + "st.shared.u32 [s], 3; ld.shared.v2.u32 {%r5, %r6}, [s]; add.u32 %r7, %r5, %r6; "
            + "setp.ne.u32 %p1, %r5, 3; selp.u32 %r8, %r5, %r7, %p1; st.global.u32 [%rd2], %r8;",
        Shared + "ld.local.u32 %r5, [l+4]; setp.eq.u32 %p1, %r5, 0; @%p1 bra L; L:",
        Shared
            + "st.shared.u8 [s+3], 7; ld.shared.u32 %r5, [s]; shr.u32 %r6, %r5, 16; st.global.v2.u32 [%rd2], {%r1, %r6}; "
            + "and.b32 %r7, %r6, 255; add.u32 %r7, %r7, 1; st.global.u32 [%rd2], %r7;",
        Shared
            + "st.shared.u8 [s], 7; ld.shared.u32 %r5, [s]; prmt.b32 %r6, %r5, 0, 0x5441; "
            + "st.global.u32 [%rd2], %r6; add.u32 %r7, %r6, 1; st.global.u32 [%rd2], %r7;",
        Shared + "ld.shared.u64 %rd5, [s]; add.s64 %rd6, %rd2, %rd5; ld.global.u32 %r5, [%rd6];",
        Shared + "atom.shared.add.u32 %r5, [s], 1;",
        Shared + "atom.shared.cas.b32 %r5, [s], 0, 1;",
        "add.u32 %r5, %r6, 1; st.global.u32 [%rd2], %r5;",
        "add.u32 %r5, %r6, 1; st.global.v2.u32 [%rd2], {%r1, %r5};",
        "atom.global.exch.b32 %r5, [%rd2], %r6;",
        "setp.eq.u32 %p1, %r6, 0; @%p1 st.global.u32 [%rd2], 1;",
        "setp.eq.u32 %p1, %r6, 0; @%p1 mov.u32 %r5, 1; st.global.u32 [%rd2], %r5;",
        "setp.eq.u32 %p1, %r6, 0; setp.eq.u32 %p2, %r1, 0; and.pred %p3, %p1, %p2; @%p3 bra L; L:",
        "shfl.sync.bfly.b32 %r5, %r6, 1, 31, 0xffffffff; add.u32 %r5, %r5, 1; st.global.u32 [%rd2], %r5;",
        "bar.sync %r6;");

    [Theory]
    [MemberData(nameof(Wrong))]
    public void MayNotBeUsed(string body)
    {
        Fault fault = Assert.IsType<Fault>(Kernel.Run(body, new byte[64], 64, Threads(body)).Fault);
        Assert.Equal(FaultKind.Uninitialized, fault.Kind);
    }

    /// <summary>Rows of a tile that nobody wrote make rows of the product unwritten, and no others.</summary>
    [Theory]
    [InlineData(8, null)]
    [InlineData(7, FaultKind.Uninitialized)]
    public void ProductsOfUnwrittenRowsMayBeDropped(int written, FaultKind? kind)
    {
        string body = $$"""
            .shared .align 16 .b8 s[512]; .shared .align 16 .b8 b[256];
            shl.b32 %r3, %r1, 4; mov.u32 %r4, s; add.u32 %r4, %r4, %r3; mov.u32 %r5, b; and.b32 %r6, %r3, 255; add.u32 %r5, %r5, %r6;
            mov.u32 %r7, 0x3c003c00;
            and.b32 %r8, %r1, 15; setp.lt.u32 %p1, %r8, {{written}}; @!%p1 bra SKIP; st.shared.v4.u32 [%r4], {%r7, %r7, %r7, %r7}; SKIP:
            setp.lt.u32 %p3, %r1, 16; @!%p3 bra SKIP2; st.shared.v4.u32 [%r5], {%r7, %r7, %r7, %r7}; SKIP2:
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10, %r11, %r12, %r13}, [%r4];
            ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r14, %r15}, [%r5];
            mov.f32 %f1, 0f00000000;
            mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32
                {%f2, %f3, %f4, %f5}, {%r10, %r11, %r12, %r13}, {%r14, %r15}, {%f1, %f1, %f1, %f1};
            mul.wide.u32 %rd4, %r1, 8; add.s64 %rd4, %rd2, %rd4; st.global.v2.f32 [%rd4], {%f2, %f3};
            """;
        (Fault? fault, byte[] y) = Kernel.Run(body, new byte[64], 256);
        Assert.Equal(kind, fault?.Kind);
        if (kind is null)
            Assert.Equal(16f, BitConverter.ToSingle(y, 252));
    }

    private static int Threads(string body) => body.Contains(".sync.", StringComparison.Ordinal) ? 32 : 1;

    private static LaunchReport Launch(PtxModule module)
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[64], ["y"] = new byte[64] };
        var request = new LaunchRequest(
            "k", new Dim3(1), new Dim3(1), 0, [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("y")], buffers)
        {
            Unwritten = new HashSet<string> { "y" },
        };
        return PtxEmulator.Run(module, request);
    }
}
