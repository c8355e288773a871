namespace CogVideoX.Emulator.Tests;

/// <summary>Uniform branches, calls through registers, parameters in registers, and instructions that can't be run.</summary>
public class ControlTests
{
    private const string Functions = """
        .func (.param .b32 r) twice(.param .b32 a) { .reg .b32 %x; ld.param.b32 %x, [a]; add.u32 %x, %x, %x; st.param.b32 [r], %x; ret; }
        .func (.param .b32 r) next(.param .b32 a) { .reg .b32 %x; ld.param.b32 %x, [a]; add.u32 %x, %x, 1; st.param.b32 [r], %x; ret; }
        .func (.param .b64 r) other(.param .b64 a) { .reg .b64 %x; ld.param.b64 %x, [a]; st.param.b64 [r], %x; ret; }
        .func (.reg .b32 r) sum(.reg .b32 a, .reg .pred p) { add.u32 r, a, 1; @p add.u32 r, r, 100; ret; }
        """;

    private const string Choose = """
        mov.u32 %r1, %tid.x;
        and.b32 %r2, %r1, 1;
        setp.eq.u32 %p1, %r2, 0;
        mov.u64 %rd2, twice;
        mov.u64 %rd3, next;
        selp.b64 %rd4, %rd2, %rd3, %p1;
        .param .b32 in; .param .b32 out;
        st.param.b32 [in], %r1;
        """;

    private const string Keep = "ld.param.b32 %r3, [out]; mul.wide.u32 %rd6, %r1, 4; add.s64 %rd6, %rd1, %rd6; st.global.u32 [%rd6], %r3;";

    [Theory]
    [InlineData("mov.u32 %r1, %tid.x; setp.lt.u32 %p1, %r1, 5; @%p1 bra.uni X; st.global.u32 [%rd1], 1; X:", "bra.uni")]
    [InlineData("mov.u32 %r1, %tid.x; setp.lt.u32 %p1, %r1, 5; @%p1 call.uni f; st.global.u32 [%rd1], 1;", "call.uni")]
    [InlineData("mov.u32 %r1, %tid.x; call g;", "ret.uni")]
    [InlineData("mov.u32 %r1, %tid.x; and.b32 %r2, %r1, 1; T: .branchtargets A, B; brx.idx.uni %r2, T; A: B:", "brx.idx.uni")]
    public void UniformMeansThatLanesGoTogether(string body, string word) => Small.Faults(FaultKind.Divergent, word, body,
        ".func f() { ret; } .func g() { .reg .pred p; .reg .b32 r; mov.u32 r, %tid.x; setp.lt.u32 p, r, 9; @p ret.uni; ret; }",
            threads: 32);

    [Fact]
    public void AUniformBranchOfAllOrNoneIsNoFault() =>
        Small.Words("setp.eq.u32 %p1, 1, 1; @%p1 bra.uni X; trap; X: @!%p1 bra.uni Y; Y: call.uni f;", ".func f() { ret.uni; }",
            threads: 32);

    [Theory]
    [InlineData("P: .callprototype (.param .b32 _) _ (.param .b32 _);")]
    [InlineData("P: .calltargets next, twice;")]
    public void EachLaneCallsTheFunctionThatItsRegisterNames(string targets)
    {
        uint[] o = Small.Words($"{Choose} {targets} call (out), %rd4, (in), P; {Keep}", Functions, threads: 32);
        for (uint lane = 0; lane < 32; lane++)
            Assert.Equal(lane % 2 == 0 ? 2 * lane : lane + 1, o[lane]);
    }

    [Fact]
    public void ATableOfFunctionsCanBeCalled() => Assert.Equal(12u, Small.Value("""
        mov.u64 %rd2, table;
        ld.global.u64 %rd4, [%rd2+8];
        .param .b32 in; .param .b32 out;
        st.param.b32 [in], 6;
        P: .callprototype (.param .b32 _) _ (.param .b32 _);
        call (out), %rd4, (in), P;
        ld.param.b32 %r5, [out];
        """, Functions + ".global .u64 table[2] = {next, twice};"));

    [Fact]
    public void ACallReachesOnlyFunctionsThatFit()
    {
        Small.Faults(FaultKind.Invalid, "none of the functions",
            $"{Choose} mov.u64 %rd4, other; P: .callprototype (.param .b32 _) _ (.param .b32 _); call (out), %rd4, (in), P;", Functions);
        Small.Faults(FaultKind.Invalid, "none of the functions",
            $"{Choose} P: .calltargets next; mov.u64 %rd4, twice; call (out), %rd4, (in), P;", Functions);
        Small.Faults(FaultKind.Divergent, "call.uni", $"{Choose} P: .calltargets next, twice; call.uni (out), %rd4, (in), P;", Functions,
            threads: 32);
    }

    [Theory]
    [InlineData("call (out), %rd4, (in), nothing;", "nothing")]
    [InlineData("call (out), %rd4, (in);", ".callprototype")]
    [InlineData("P: .calltargets missing; call (out), %rd4, (in), P;", "missing")]
    public void ACallThroughARegisterNamesItsTargets(string call, string word) => Small.Refused(word, Choose + call, Functions);

    [Fact]
    public void ParametersMayBeRegisters()
    {
        Assert.Equal(142u, Small.Value("mov.u32 %r4, 41; setp.eq.u32 %p1, 1, 1; call (%r5), sum, (%r4, %p1);", Functions));
        Assert.Equal(8u, Small.Value("setp.eq.u32 %p1, 1, 2; call (%r5), sum, (7, %p1);", Functions));
        Small.Refused("doesn't fit", "call (%r5), twice, (%r4);", Functions);
        Small.Refused("not a .b32", "call (%rd5), sum, (7, %p1);", Functions);
        Small.Refused(".param", "", ".entry j(.reg .b32 a) { ret; }");
    }

    [Theory]
    [InlineData("/* sm_100a */ tcgen05.fence::before_thread_sync;", "tcgen05")]
    [InlineData("tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [t, {%r1}];", "tex.1d")]
    [InlineData("multimem.red.relaxed.gpu.global.add.u32 [%rd1], 1;", "multimem")]
    public void AnInstructionThatCannotBeRunIsAFaultOfWhoComesToIt(string line, string word)
    {
        const string Before = ".global .texref t;";
        Small.Faults(FaultKind.Invalid, word, "mov.u32 %r1, 0;" + line, Before);
        Small.Faults(FaultKind.Invalid, "can't run", "mov.u32 %r1, 0; setp.eq.u32 %p1, 1, 1; @%p1 " + line, Before);
        Assert.Equal(5u, Small.Value($"mov.u32 %r5, 5; setp.eq.u32 %p1, 1, 2; @%p1 {line} @!%p1 bra X; {line} X:", Before));
    }

    [Fact]
    public void RecursionIsAFaultOfWhoComesToIt()
    {
        const string Before = ".func f() { .reg .pred p; setp.eq.u32 p, 1, 2; @p call f; ret; }";
        Assert.Equal(3u, Small.Value("call f; mov.u32 %r5, 3;", Before));
        Small.Faults(FaultKind.Invalid, "recursion", "call f;", Before.Replace("1, 2", "1, 1"));
    }

    [Fact]
    public void AnAliasIsItsFunction() => Assert.Equal(9u, Small.Value("call (%r5), other, ();",
        ".func (.reg .b32 r) f() { mov.u32 r, 9; ret; } .func (.reg .b32 r) other(); .alias other, f;"));
}
