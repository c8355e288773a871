namespace CogVideoX.Emulator.Tests.Driver;

/// <summary>Functions that a module declares and doesn't define.</summary>
public class ExternalCallTests
{
    private const string Text = "mov.u64 %rd3, m; mov.u64 %rd4, f; mov.u64 %rd5, n;";

    private static readonly string Texts = DriverKernel.Text("m", "i < n") + DriverKernel.Text("f", "a\u001b[31m.cu")
        + DriverKernel.Text("n", "void k(int)");

    private static string Fail(string message) => $$"""
        { .param .b64 a; .param .b64 b; .param .b32 c; .param .b64 d; .param .b64 e;
        st.param.b64 [a], {{message}}; st.param.b64 [b], %rd4; st.param.b32 [c], 17; st.param.b64 [d], %rd5; st.param.b64 [e], 1;
        call.uni __assertfail, (a, b, c, d, e); }
        """;

    [Fact]
    public void AnAssertionIsAFaultWithItsMessageAndPlace()
    {
        Fault fault = DriverKernel.Fault(Text + "setp.ne.u32 %p1, %r1, 5; @%p1 bra END;" + Fail("%rd3") + "END:", Texts, threads: 32);
        Assert.Equal(FaultKind.Assertion, fault.Kind);
        Assert.Equal("assertion", fault.KindText);
        Assert.Equal("i < n (a\\u001b[31m.cu:17, void k(int))", fault.Message);
        Assert.Equal(new Dim3(5, 0, 0), fault.Thread);
    }

    /// <summary>ILGPU declares the bytes of a character with 32 bits.</summary>
    [Fact]
    public void AnAssertionMayGiveItsCharactersBytesIn32Bits()
    {
        string call = Text + Fail("%rd3").Replace(".param .b64 e", ".param .b32 e").Replace("st.param.b64 [e]", "st.param.b32 [e]");
        PtxModule module = Kernel.Module(call, variables: Texts
            + " .extern .func __assertfail (.param .b64 a, .param .b64 b, .param .b32 c, .param .b64 d, .param .b32 e);");
        Fault? fault = Kernel.Launch(module, new byte[16], 16, 1, 1).Report.Fault;
        Assert.Equal(FaultKind.Assertion, fault?.Kind);
        Assert.StartsWith("i < n", fault!.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("12345678")]
    public void AnAssertionWhoseMessageLiesNowhereIsOutOfBounds(string message) =>
        Assert.Equal(FaultKind.OutOfBounds, DriverKernel.Fault(Text + Fail(message), Texts).Kind);

    [Theory]
    [InlineData(".extern .func frob (.param .b64 a);", "'frob' has no body, and isn't one of the driver's")]
    [InlineData(".func frob (.param .b64 a);", "'frob' has no body")]
    public void AFunctionThatNobodyDefinesIsAFaultWhereItIsReached(string declaration, string says)
    {
        const string Call = "{ .param .b64 p; st.param.b64 [p], %rd1; call.uni frob, (p); }";
        Assert.Null(DriverKernel.Launch("setp.lt.u32 %p1, %r1, 9; @%p1 bra END;" + Call + "END:", declaration).Fault);
        Fault fault = DriverKernel.Fault(Call, declaration);
        Assert.Equal(FaultKind.Invalid, fault.Kind);
        Assert.Contains(says, fault.Message);
    }

    [Theory]
    [InlineData(
        ".extern .func malloc (.param .b64 a);", "call.uni malloc, (p);", "",
        "'malloc' has parameters of 8 bytes and a result of 8")]
    [InlineData(
        ".extern .func (.param .b32 r) malloc (.param .b64 a);", "call.uni (r), malloc, (p);", ".param .b32 r;",
        "'malloc' has parameters of 8 bytes and a result of 8")]
    [InlineData(
        ".extern .func (.param .b64 r) free (.param .b64 a);", "call.uni (r), free, (p);", ".param .b64 r;",
        "'free' has parameters of 8 bytes and no result")]
    [InlineData(
        ".extern .func vprintf (.param .b64 a);", "call.uni vprintf, (p);", "", "'vprintf' has parameters of 8, 8 bytes and a result of 4")]
    public void ADeclarationOtherThanTheDriversIsAFaultWhereItIsReached(string declaration, string call, string result, string says)
    {
        PtxModule module = Kernel.Module($"{{ .param .b64 p; {result} st.param.b64 [p], %rd1; {call} }}", variables: declaration);
        Fault? fault = Kernel.Launch(module, new byte[16], 16, 1, 1).Report.Fault;
        Assert.Equal(FaultKind.Invalid, fault?.Kind);
        Assert.Contains(says, fault!.Message);
    }

    /// <summary>A module that defines a function of such a name means its own.</summary>
    [Fact]
    public void AModulesOwnFunctionCountsMoreThanTheDrivers()
    {
        PtxModule module = Kernel.Module(DriverKernel.Malloc("1") + "st.global.u64 [%rd2], %rd10;", variables: """
            .func (.param .b64 r) malloc (.param .b64 a) { .reg .b64 %rd<2>; ld.param.b64 %rd1, [a]; st.param.b64 [r], %rd1; ret; }
            """);
        (LaunchReport report, byte[] y) = Kernel.Launch(module, new byte[16], 8, 1, 1);
        Assert.Null(report.Fault);
        Assert.Equal(1, BitConverter.ToInt64(y));
    }

    /// <summary>As clang writes it: llvm.ptx is LLVM 14's for a kernel that prints, allocates and frees.</summary>
    [Fact]
    public void TheCallsOfLlvmAreRead()
    {
        string text = File.ReadAllText(Path.Combine(Goldens.Planted, "..", "..", "Driver", "llvm.ptx"));
        var buffers = new Dictionary<string, byte[]> { ["o"] = new byte[16] };
        LaunchReport report = PtxEmulator.Run(
            PtxModule.Parse(text), new LaunchRequest("k", new Dim3(1), new Dim3(4), 0, [new LaunchArgument.Buffer("o")], buffers));
        Assert.Null(report.Fault);
        Assert.Equal(["0 abc 2.500", "1 abc 2.500", "2 abc 2.500", "3 abc 2.500"], report.Printed);
        Assert.Equal([3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0], buffers["o"]);
    }

    /// <summary>Row B 3 of the trial: declared, called, and never reached.</summary>
    [Fact]
    public void APrintThatNobodyComesToIsNoFault() =>
        Assert.Null(
            DriverKernel.Launch("setp.gt.u32 %p1, %r1, 5000; @!%p1 bra X;" + DriverKernel.Print("%rd1", "%rd1") + "X:", threads: 32).Fault);

    /// <summary>The driver takes its parameters in .param, whatever the module declares.</summary>
    [Fact]
    public void ADeclarationWithRegistersIsAFaultWhereItIsReached()
    {
        PtxModule module = Kernel.Module(
            "call.uni (%rd10), malloc, (%rd1);", variables: ".extern .func (.reg .b64 r) malloc (.reg .b64 a);");
        Fault? fault = Kernel.Launch(module, new byte[16], 16, 1, 1).Report.Fault;
        Assert.Equal(FaultKind.Invalid, fault?.Kind);
        Assert.Contains("'malloc' has parameters of 8 bytes and a result of 8, in .param", fault!.Message);
    }
}
