using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <content>Kernels that use a host's functions, or the GPU's in ways that PTX hasn't got.</content>
public sealed partial class DiagnosticsTests
{
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
}
