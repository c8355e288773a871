using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>One kernel for each diagnostic. The comment behind the line it is reported at repeats its number.</summary>
public sealed class DiagnosticsTests
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
        Assert.Equal(nameof(DiagnosticsTests) + ".cs", Path.GetFileName(diagnostic.Source.File));
        string line = File.ReadLines(ThisFile()).ElementAt(diagnostic.Source.Line - 1);
        Assert.EndsWith("// " + number, line, StringComparison.Ordinal);
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
        Assert.EndsWith("// " + number, File.ReadLines(ThisFile()).ElementAt(diagnostic.Source.Line - 1), StringComparison.Ordinal);
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
        Assert.Contains("DiagnosticsTests.Even(Int32) → DiagnosticsTests.Odd(Int32) → DiagnosticsTests.Even(Int32)", thrown.Message, StringComparison.Ordinal);
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

    internal struct NotReadonly : IKernel
    {
        public int Count;

        public static Block Block => new(32);

        public void Run() => Count++;
    }

    internal readonly struct Open<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run() => x[0] = x[1];
    }

    internal readonly struct TwoConstructors : IKernel
    {
        private readonly int x;

        public TwoConstructors(int x) => this.x = x; // CVX1003

        public TwoConstructors(long x) => this.x = (int)x;

        public static Block Block => new(32);

        public void Run() => _ = x;
    }

    internal readonly struct ClassParameter(string x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => _ = x.Length; // CVX1004
    }

    internal readonly struct TupleParameter(View<int> x, (byte A, int B) pair) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = pair.B; // CVX1004
    }

    internal readonly struct ViewOfTuples(View<int> x, View<(byte A, int B)> pairs) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = pairs[0].B; // CVX1004
    }

    internal readonly struct TooManyThreads(View<int> x) : IKernel
    {
        public static Block Block => new(1025);

        public void Run() => x[0] = 1; // CVX1005
    }

    internal readonly struct Allocates(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            var list = new List<int>(); // CVX1006
            x[0] = list.Count;
        }
    }

    internal readonly struct MakesAnArray(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            int[] array = new int[5]; // CVX1006
            x[0] = array[1];
        }
    }

    internal readonly struct Throws(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            if (x[0] == 0) throw new InvalidOperationException(); // CVX1007
        }
    }

    internal readonly struct Tries(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = 1;
            try { x[0] = 2; } // CVX1008
            finally { x[0] = 3; }
        }
    }

    internal interface IShape
    {
        int Size();
    }

    internal readonly struct Square : IShape
    {
        public int Size() => 4;
    }

    internal readonly struct CallsAnInterface(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            IShape shape = new Square();
            x[0] = shape.Size(); // CVX1009
        }
    }

    internal readonly struct CallsADelegate(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Func<int, int> twice = static n => n * 2; // CVX1009
            x[0] = twice(x[1]);
        }
    }

    internal readonly struct UsesAString(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = "abc".Length; // CVX1010
    }

    internal readonly struct Recurses(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Even(x[1]) ? 1 : 0;
    }

    internal readonly struct UsesDecimal(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            decimal a = x[0]; // CVX1012
            x[0] = a > 5 ? 1 : 2;
        }
    }

    internal readonly struct ReadsAStatic(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = hostCounter; // CVX1013
    }

    internal readonly struct WritesAStatic(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => hostCounter = x[0]; // CVX1013
    }

    internal readonly struct ChecksOverflow(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = checked(x[1] + x[2]); // CVX1014
    }

    internal readonly struct ChecksAConversion(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = checked((byte)x[1]); // CVX1014
    }

    internal readonly struct TakesAFloatRemainder(View<float> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] %= x[1]; // CVX1015
    }

    internal readonly struct SharedOfUnknownSize(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Shared.Array<int>(x[1])[0]; // CVX1016
    }

    internal readonly struct SharedOfOddAlignment(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Shared.Array<int>(4, 24)[0]; // CVX1016
    }

    internal readonly struct RegistersOfUnknownSize(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Registers.Of<int>(x[1])[0]; // CVX1017
    }

    internal readonly struct StackOfUnknownSize(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Span<int> some = stackalloc int[x[0] & 7]; // CVX1017
            x[0] = some.Length;
        }
    }

    internal readonly struct UnknownPtxName(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = BadName(x[1]); // CVX1018
    }

    internal readonly struct NoPtxResult(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = BadResult(x[1]); // CVX1018
    }

    internal readonly struct LonePtxBrace(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = BadBrace(x[1]); // CVX1018
    }

    internal readonly struct CallsSine(View<float> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = MathF.Sin(x[1]); // CVX1019
    }

    internal readonly struct TwoSpaces(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<int> tile = Shared.Array<int>(32);
            (x[0] > 0 ? ref tile[0] : ref x[0]) = 5; // CVX1020
        }
    }

    internal readonly struct NullSpan(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Span<int> none = default;
            x[0] = none[3]; // CVX1021
        }
    }

    internal readonly struct InsideTheFramework(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Math.DivRem(x[1], x[2], out int rest) + Math.Sign((float)rest); // CVX1019
    }

    internal readonly struct CastsToAnotherSize(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = (int)Unsafe.BitCast<int, long>(x[1]); // CVX1023
    }

    internal readonly struct AsksForAnUnknownType(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = typeof(int) == null ? 1 : 2; // CVX1024
    }

    internal readonly struct SharedAddressOfGlobal(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = (int)Shared.AddressOf(ref x[1]); // CVX1022
    }

    internal readonly struct AddressOfARegister(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            int local = x[1];
            x[0] = LoadFrom(ref local); // CVX1022
        }
    }

    [Ptx("bar.warp.sync {x};", InWords = true)]
    private static void NoWords(uint x) => throw new NotSupportedException();

    [Ptx("mov.b32 {result}, {x}; mov.b32 {y}, {x};", InWords = true)]
    private static int WordsBeside(int x, ref int y) => x + y;

    private static int Twice(int n) => 2 * n;

    [Types(typeof(int), typeof(float), Instead = "Widen it")]
    [Ptx("mov.{T:b} {result}, {x};", Pure = true)]
    private static T Own<T>(T x)
        where T : unmanaged => x;

    internal readonly struct CallsAFunctionPointer(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            unsafe
            {
                delegate*<int, int> twice = &Twice; // CVX1009
                x[0] = twice(x[1]);
            }
        }
    }

    internal readonly struct FormatsAString(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = string.Format(null, "{0}", x[1]).Length; // CVX1010
    }

    internal readonly struct InterpolatesAString(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = $"{x[1]}".Length; // CVX1010
    }

    internal readonly struct LocalArrayOfUnknownSize(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Local.Array<int>(x[1])[0]; // CVX1017
    }

    internal readonly struct OrderWithoutAWord(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Atomic.Max(ref x[0], 1, (MemoryOrder)9); // CVX1018
    }

    internal readonly struct WordsOfNothing(View<uint> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => NoWords(x[0]); // CVX1018
    }

    internal readonly struct WordsByReference(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = WordsBeside(x[1], ref x[2]); // CVX1018
    }

    internal readonly struct OrderNobodyKnows(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Atomic.Max(ref x[0], 1, (MemoryOrder)x[1]); // CVX3002
    }

    internal readonly struct CallsExp(View<double> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Math.Exp(x[1]); // CVX1019
    }

    internal readonly struct AtomicOnALocal(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Atomic.Max(ref Local.Array<int>(4)[x[0]], 3); // CVX1022
    }

    internal readonly struct AsyncCopyToGlobal(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => AsyncCopy.Sixteen(ref x[0], ref x[4]); // CVX1022
    }

    internal readonly struct LargestFloat(View<float> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Atomic.Max(ref x[1], 3); // CVX1025
    }

    internal readonly struct ExchangesABool(View<bool> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Atomic.Exchange(ref x[0], true); // CVX1025
    }

    internal readonly struct OwnPtxOfAByte(View<byte> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Own(x[1]); // CVX1025
    }

    internal readonly struct UsesInterlocked(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Interlocked.Increment(ref x[0]); // CVX1026
    }

    internal readonly struct WritesToTheConsole(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Console.WriteLine(x[0]); // CVX1026
    }

    internal readonly struct WritesForDebugging(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => System.Diagnostics.Trace.WriteLine(x[0]); // CVX1026
    }

    internal readonly struct UsesVector4(View<System.Numerics.Vector4> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = x[1] + x[2]; // CVX1026
        }
    }

    internal readonly struct UsesVector128(View<System.Runtime.Intrinsics.Vector128<int>> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = x[1] + x[2]; // CVX1026
        }
    }

    internal readonly struct Sleeps(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = 1;
            Thread.Sleep(1); // CVX1026
        }
    }

    internal readonly struct UsesLinq(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Enumerable.Range(0, 5).Sum(); // CVX1026
    }

    internal readonly struct RunsInParallel(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Parallel.For(0, x[0], (Action<int>)null!); // CVX1026
    }

    internal readonly struct NumberToString(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = x[1].ToString(System.Globalization.CultureInfo.InvariantCulture).Length; // CVX1026
    }

    internal readonly struct AsksForTheTime(View<long> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Environment.TickCount64; // CVX1026
    }

    internal readonly struct PrintsTooMuch(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Device.Print("{0}", x[0], x[1]); // CVX1027
    }

    internal readonly struct PrintsTooLittle(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Device.Print("{0} {1}", x[0]); // CVX1027
    }

    internal readonly struct PrintsAStruct(View<Float2> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Device.Print("{0}", x[0]); // CVX1027
    }

    internal readonly struct PrintsAStrangeFormat(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Device.Print("{0:F2}", x[0]); // CVX1027
    }

    internal readonly struct PrintsALoneBrace(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => Device.Print("{0} }", x[0]); // CVX1027
    }

    internal readonly struct UnknownIndex(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(4);
            own[x[0]] = 5; // CVX2001
            x[1] = own[2];
        }
    }

    internal readonly struct LongLoop(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(2000);
            for (int i = 0; i < 2000; i++) own[i] = x[i]; // CVX2001
            x[1] = own[2];
        }
    }

    internal readonly struct UnrollsTooFar(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Registers<int> own = Registers.Of<int>(1000);
            for (int k = 0; k < 1000; k++) // CVX2002
            {
                for (int i = 0; i < 1000; i++) own[(i + k) % 1000] += x[k];
            }
            for (int i = 0; i < 1000; i++) x[i] = own[i];
        }
    }

    internal readonly struct NeedsHopper(View<uint> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = Cluster.Rank; // CVX3001
    }

    internal readonly struct UnknownImmediate(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => AsyncCopy.WaitGroup(x[0]); // CVX3002
    }

    internal readonly struct TooMuchShared(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<int> few = Shared.Array<int>(8);
            Shared<int> many = Shared.Array<int>(13000); // CVX3003
            many[Block.ThreadX] = few[0] = x[0];
        }
    }

    internal readonly struct ClusterOnOldTarget(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public static Block ClusterShape => new(2);

        public void Run() => x[0] = 1; // CVX3005
    }

    [InlineArray(1200)]
    internal struct Large
    {
        private int first;
    }

    internal readonly struct LargeParameter(View<int> x, Large large) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = large[1]; // CVX3007
    }

    internal readonly struct FewRegisters(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public static int MaximumRegisters => 8;

        public void Run() => x[0] = 1; // CVX3008
    }
}
