using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <content>Kernels that say in C# what a GPU can't do.</content>
public sealed partial class DiagnosticsTests
{
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
            if (x[0] == 0)
                throw new InvalidOperationException(); // CVX1007
        }
    }

    internal readonly struct Tries(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = 1;
            try
            {
                x[0] = 2; // CVX1008
            }
            finally
            {
                x[0] = 3;
            }
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
}
