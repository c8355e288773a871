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
}
