namespace CogVideoX.Emulator.Tests;

/// <summary>What of a function's frame a call sees: its parameters, also through a register, and nothing of an earlier call.</summary>
public class FunctionFrameTests
{
    /// <summary>A struct by value that the function indexes, as clang writes it.</summary>
    private const string Pick = """
        .func (.param .b32 r) f(.param .align 4 .b8 a[16], .param .b32 n)
        {
        .reg .b64 %rd<4>; .reg .b32 %r<4>;
        mov.b64 %rd1, a; ld.param.u32 %r1, [n]; mul.wide.u32 %rd2, %r1, 4; add.s64 %rd3, %rd1, %rd2;
        ld.param.u32 %r2, [%rd3]; st.param.b32 [r], %r2; ret;
        }
        """;

    private const string CallPick =
        "{ .param .align 4 .b8 x[16]; .param .b32 y; .param .b32 z; st.param.b32 [x], 5; st.param.b32 [x+4], 6; "
        + "st.param.b32 [x+8], 7; st.param.b32 [x+12], 8; st.param.b32 [y], INDEX; call.uni (z), f, (x, y); ld.param.b32 %r5, [z]; }";

    [Fact]
    public void ARegisterMayHoldTheAddressOfAParameter() => Assert.Equal(7u, Small.Value(CallPick.Replace("INDEX", "2"), Pick));

    [Fact]
    public void BeyondTheParameterIsOutOfBounds() =>
        Small.Faults(FaultKind.OutOfBounds, "local memory", CallPick.Replace("INDEX", "4"), Pick);

    /// <summary>The kernel's own parameters are elsewhere.</summary>
    [Fact]
    public void AKernelReadsItsParametersThroughARegisterToo() =>
        Assert.Equal(1u, Small.Value("mov.b64 %rd2, o; ld.param.u64 %rd3, [%rd2]; setp.eq.u64 %p1, %rd3, %rd1; selp.u32 %r5, 1, 0, %p1;"));

    [Theory]
    [InlineData(".local .align 4 .b8 d[8]; @%p1 st.local.u32 [d], 7; ld.local.u32 %r2, [d]; st.param.b32 [r], %r2;")]
    [InlineData("@%p1 st.param.b32 [r], 7;")]
    public void WhatAnEarlierCallLeftIsVoid(string body)
    {
        string function = $".func (.param .b32 r) f(.param .b32 a) {{ .reg .b32 %r<4>; .reg .pred %p<2>; "
            + $"ld.param.u32 %r1, [a]; setp.eq.u32 %p1, %r1, 0; {body} ret; }}";
        const string Call = "{ .param .b32 x; .param .b32 z; st.param.b32 [x], ARGUMENT; call.uni (z), f, (x); ld.param.b32 %r5, [z]; } ";
        string first = Call.Replace("ARGUMENT", "0");
        Assert.Equal(7u, Small.Value(first + first, function));
        Small.Faults(FaultKind.Uninitialized, "", "mov.u32 %r8, 0; L: " + Call.Replace("ARGUMENT", "%r8")
            + "add.u32 %r9, %r5, 1; st.global.u32 [%rd1], %r9; add.u32 %r8, %r8, 1; setp.lt.u32 %p1, %r8, 2; @%p1 bra L;", function);
    }

    private const string Through = ".func (.reg .b32 r) f(.reg .b32 a) { OPERATION ret; }";

    /// <summary>A word of which one byte is written goes through registers of a function with its marks.</summary>
    [Fact]
    public void RegisterParametersCarryMarks()
    {
        const string Body =
            ".shared .align 4 .b8 s[4]; st.shared.u8 [s], 7; ld.shared.u32 %r6, [s]; call.uni (%r7), f, (%r6); and.b32 %r5, %r7, 255;";
        Assert.Equal(7u, Small.Value(Body, Through.Replace("OPERATION", "mov.b32 r, a;")));
        Small.Faults(FaultKind.Uninitialized, "", Body.Replace("and.b32 %r5, %r7, 255;", "setp.eq.u32 %p1, %r7, 7; @%p1 trap;"),
            Through.Replace("OPERATION", "mov.b32 r, a;"));
    }
}
