using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>One kernel for each diagnostic. The comment behind the line it is reported at repeats its number.</summary>
public sealed partial class DiagnosticsTests
{
    [Theory]
    [InlineData("CVX1003", typeof(TwoConstructors))]
    [InlineData("CVX1004", typeof(ClassParameter))]
    [InlineData("CVX1004", typeof(TupleParameter))]
    [InlineData("CVX1004", typeof(ViewOfTuples))]
    [InlineData("CVX1005", typeof(TooManyThreads))]
    [InlineData("CVX1006", typeof(Allocates))]
    [InlineData("CVX1006", typeof(MakesAnArray))]
    [InlineData("CVX1007", typeof(Throws))]
    [InlineData("CVX1008", typeof(Tries))]
    [InlineData("CVX1009", typeof(CallsAnInterface))]
    [InlineData("CVX1009", typeof(CallsADelegate))]
    [InlineData("CVX1010", typeof(UsesAString))]
    [InlineData("CVX1011", typeof(Recurses))]
    [InlineData("CVX1012", typeof(UsesDecimal))]
    [InlineData("CVX1013", typeof(ReadsAStatic))]
    [InlineData("CVX1013", typeof(WritesAStatic))]
    [InlineData("CVX1014", typeof(ChecksOverflow))]
    [InlineData("CVX1014", typeof(ChecksAConversion))]
    [InlineData("CVX1015", typeof(TakesAFloatRemainder))]
    [InlineData("CVX1016", typeof(SharedOfUnknownSize))]
    [InlineData("CVX1016", typeof(SharedOfOddAlignment))]
    [InlineData("CVX1017", typeof(RegistersOfUnknownSize))]
    [InlineData("CVX1017", typeof(StackOfUnknownSize))]
    [InlineData("CVX1018", typeof(UnknownPtxName))]
    [InlineData("CVX1018", typeof(NoPtxResult))]
    [InlineData("CVX1018", typeof(LonePtxBrace))]
    [InlineData("CVX1019", typeof(CallsSine))]
    [InlineData("CVX1020", typeof(TwoSpaces))]
    [InlineData("CVX1021", typeof(NullSpan))]
    [InlineData("CVX1022", typeof(SharedAddressOfGlobal))]
    [InlineData("CVX1022", typeof(AddressOfARegister))]
    [InlineData("CVX1019", typeof(InsideTheFramework))]
    [InlineData("CVX1023", typeof(CastsToAnotherSize))]
    [InlineData("CVX1024", typeof(AsksForAnUnknownType))]
    [InlineData("CVX1009", typeof(CallsAFunctionPointer))]
    [InlineData("CVX1010", typeof(FormatsAString))]
    [InlineData("CVX1010", typeof(InterpolatesAString))]
    [InlineData("CVX1017", typeof(LocalArrayOfUnknownSize))]
    [InlineData("CVX1018", typeof(OrderWithoutAWord))]
    [InlineData("CVX1018", typeof(WordsOfNothing))]
    [InlineData("CVX1018", typeof(WordsByReference))]
    [InlineData("CVX1019", typeof(CallsExp))]
    [InlineData("CVX1022", typeof(AtomicOnALocal))]
    [InlineData("CVX1022", typeof(AsyncCopyToGlobal))]
    [InlineData("CVX1025", typeof(LargestFloat))]
    [InlineData("CVX1025", typeof(ExchangesABool))]
    [InlineData("CVX1025", typeof(OwnPtxOfAByte))]
    [InlineData("CVX1026", typeof(UsesInterlocked))]
    [InlineData("CVX1026", typeof(WritesToTheConsole))]
    [InlineData("CVX1026", typeof(WritesForDebugging))]
    [InlineData("CVX1026", typeof(UsesVector4))]
    [InlineData("CVX1026", typeof(UsesVector128))]
    [InlineData("CVX1026", typeof(Sleeps))]
    [InlineData("CVX1026", typeof(UsesLinq))]
    [InlineData("CVX1026", typeof(RunsInParallel))]
    [InlineData("CVX1026", typeof(NumberToString))]
    [InlineData("CVX1026", typeof(AsksForTheTime))]
    [InlineData("CVX1027", typeof(PrintsTooMuch))]
    [InlineData("CVX1027", typeof(PrintsTooLittle))]
    [InlineData("CVX1027", typeof(PrintsAStruct))]
    [InlineData("CVX1027", typeof(PrintsAStrangeFormat))]
    [InlineData("CVX1027", typeof(PrintsALoneBrace))]
    [InlineData("CVX3002", typeof(OrderNobodyKnows))]
    public void IsReportedWhereItStands(string number, Type kernel)
    {
        Diagnostic diagnostic = Assert.Throws<CompileException>(() => Translator.Translate(kernel, new CompileOptions())).Diagnostic;
        Assert.Equal(number, diagnostic.Number);
        Assert.NotNull(diagnostic.Source);
        Assert.EndsWith("// " + number, Line(diagnostic), StringComparison.Ordinal);
        Assert.StartsWith($"{diagnostic.Source.File}({diagnostic.Source.Line},", diagnostic.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Each says what to use instead.</summary>
    [Theory]
    [InlineData(typeof(UsesInterlocked), "Atomic.Add(ref x, 1)")]
    [InlineData(typeof(WritesToTheConsole), "Device.Print(\"x = {0}\", x)")]
    [InlineData(typeof(WritesForDebugging), "Device.Print(\"x = {0}\", x)")]
    [InlineData(typeof(FormatsAString), "Device.Print")]
    [InlineData(typeof(InterpolatesAString), "Device.Print")]
    [InlineData(typeof(NumberToString), "Device.Print")]
    [InlineData(typeof(UsesVector4), "Float4")]
    [InlineData(typeof(UsesVector128), "Float4")]
    [InlineData(typeof(Sleeps), "Device.Sleep")]
    [InlineData(typeof(UsesLinq), "write a loop")]
    [InlineData(typeof(RunsInParallel), "Grid.BlockX * Block.SizeX + Block.ThreadX")]
    [InlineData(typeof(CallsADelegate), "a type parameter")]
    [InlineData(typeof(CallsAFunctionPointer), "a type parameter")]
    [InlineData(typeof(Allocates), "Local.Array")]
    [InlineData(typeof(CallsSine), "Approximate.Sin is the GPU's own")]
    [InlineData(typeof(CallsExp), "Approximate.Exp is the GPU's own, of floats")]
    [InlineData(typeof(LargestFloat), "Max takes T of int, uint, long, ulong, nint or nuint, not float. PTX has no atomic minimum or")]
    [InlineData(typeof(ExchangesABool), "not bool. PTX has no such atomic of 8 or 16 bits")]
    [InlineData(typeof(OwnPtxOfAByte), "DiagnosticsTests.Own takes T of int or float, not byte. Widen it")]
    [InlineData(typeof(PrintsAStruct), "'{0}' can't print Float2; numbers, bool, char and nuint (for addresses) can be printed")]
    public void NamesTheRemedy(Type kernel, string remedy)
    {
        Diagnostic diagnostic = Assert.Throws<CompileException>(() => Translator.Translate(kernel, new CompileOptions())).Diagnostic;
        Assert.Contains(remedy, diagnostic.Message, StringComparison.Ordinal);
    }

    /// <summary>What is found behind the frontend has a line too.</summary>
    [Theory]
    [InlineData("CVX2001", typeof(UnknownIndex), "Local.Array")]
    [InlineData("CVX2001", typeof(LongLoop), "at most 1024")]
    [InlineData("CVX2002", typeof(UnrollsTooFar), "Local.Array")]
    [InlineData("CVX3001", typeof(NeedsHopper), "sm_90 or newer")]
    [InlineData("CVX3002", typeof(UnknownImmediate), "Pass a constant")]
    [InlineData("CVX3003", typeof(TooMuchShared), "Shared.Dynamic")]
    [InlineData("CVX3005", typeof(ClusterOnOldTarget), "sm_90")]
    [InlineData("CVX3007", typeof(LargeParameter), "views")]
    [InlineData("CVX3008", typeof(FewRegisters), "16 to 255")]
    public void LaterStagesKnowTheLine(string number, Type kernel, string remedy)
    {
        var options = new CompileOptions { Target = Target.Sm80 };
        Diagnostic diagnostic = Assert.Throws<CompileException>(() => KernelCompiler.Compile(kernel, options)).Diagnostic;
        Assert.Equal(number, diagnostic.Number);
        Assert.Contains(remedy, diagnostic.Message, StringComparison.Ordinal);
        Assert.NotNull(diagnostic.Source);
        Assert.EndsWith("// " + number, Line(diagnostic), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CVX1001", typeof(NotReadonly))]
    [InlineData("CVX1001", typeof(int))]
    [InlineData("CVX1001", typeof(string))]
    [InlineData("CVX1002", typeof(Open<>))]
    public void TypesThatAreNoKernelsAreRefused(string number, Type type)
    {
        var thrown = Assert.Throws<CompileException>(() => Translator.Translate(type, new CompileOptions()));
        Assert.Equal(number, thrown.Diagnostic.Number);
    }

    [Fact]
    public void RecursionNamesTheCircle()
    {
        var thrown = Assert.Throws<CompileException>(() => Translation.Of<Recurses>());
        Assert.Contains(
            "DiagnosticsTests.Even(Int32) → DiagnosticsTests.Odd(Int32) → DiagnosticsTests.Even(Int32)", thrown.Message,
            StringComparison.Ordinal);
    }

    /// <summary>The line that a diagnostic names, which must be in one of the files of these kernels.</summary>
    private static string Line(Diagnostic diagnostic)
    {
        string name = Path.GetFileName(diagnostic.Source!.File);
        string[] files =
            ["DiagnosticsTests.cs", "DiagnosticsTests.Language.cs", "DiagnosticsTests.Intrinsics.cs", "DiagnosticsTests.LaterStages.cs"];
        Assert.Contains(name, files);
        return File.ReadLines(Path.Combine(Path.GetDirectoryName(ThisFile())!, name)).ElementAt(diagnostic.Source.Line - 1);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static int hostCounter;

    private static bool Even(int n) => n == 0 || Odd(n - 1);

    private static bool Odd(int n) => n != 0 && Even(n - 1); // CVX1011

    [Ptx("mov.b32 {result}, {y};")]
    private static int BadName(int x) => x;

    [Ptx("mov.b32 x, {x};")]
    private static int BadResult(int x) => x;

    [Ptx("mov.b32 {result}, {x; }}")]
    private static int BadBrace(int x) => x;

    [Ptx("ld.{x:space}.b32 {result}, [{x}];")]
    private static int LoadFrom([Address] ref int x) => x;
}
