using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu.BugReports;

/// <summary>Conversions and indices that other compilers got wrong (ILGPU 366, 429, 1309, 1318; TornadoVM 830, 895).</summary>
public sealed class NumberTests
{
    /// <summary>Through a double there would be two roundings; 2³¹ and more aren't negative.</summary>
    [Fact]
    public void UnsignedIntegersBecomeFloatsWithOneRounding()
    {
        uint[] x =
        [
            0, 1, (1u << 24) - 1, 1u << 24, (1u << 24) + 1, (1u << 24) + 3, 1u << 31, (1u << 31) + 1, (1u << 31) + 128, (1u << 31) + 129,
            (1u << 31) + 384, uint.MaxValue - 128, uint.MaxValue - 127, uint.MaxValue, 0x80000081, 0xffffff7f,
        ];
        float[] singles = new float[x.Length], ofLongs = new float[x.Length], ofSigned = new float[x.Length];
        var doubles = new double[x.Length];
        EmulatedLaunch launch = new EmulatedLaunch(typeof(ToFloats)).View(x).View(singles).View(doubles).View(ofLongs).View(ofSigned);
        Assert.Null(launch.Run(new Dim3(1, 1, 1)).Fault);
        Assert.Equal(x.Select(v => (float)v), singles);
        Assert.Equal(x.Select(v => (double)v), doubles);
        Assert.Equal(x.Select(v => (float)(((ulong)v << 32) + 1)), ofLongs);
        Assert.Equal(x.Select(v => (float)(int)v), ofSigned);
    }

    /// <summary>A view that begins far before its memory: bytes, whose offsets pass 2³² and 2³¹, are right only if reckoned in 64
    /// bits.</summary>
    [Theory]
    [InlineData(typeof(FarBytes))]
    [InlineData(typeof(FarProduct))]
    [InlineData(typeof(FarFloats))]
    public void OffsetsHave64Bits(Type kernel)
    {
        const int Rows = 3_000_000, Width = 1999;
        float[] x = [.. Enumerable.Range(0, 64).Select(i => i * 1.5f)], y = new float[64];
        LaunchReport report = new EmulatedLaunch(kernel).View(x).View(y).Value(Rows).Value(Width).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault);
        Assert.Equal(x, y);
        string ptx = KernelCompiler.Compile(kernel).Ptx;
        Assert.Contains(".wide.", ptx, StringComparison.Ordinal);
    }

    /// <summary>An index of int is a number of elements: times their size it has 64 bits.</summary>
    [Fact]
    public void ElementsAreCountedIn64Bits()
    {
        string ptx = KernelCompiler.Compile(typeof(FarFloats), new CompileOptions { LineTable = false }).Ptx;
        Assert.DoesNotContain("shl.b32 %r", ptx, StringComparison.Ordinal);
        Assert.Contains("mad.wide.s32", ptx, StringComparison.Ordinal);
    }

    /// <summary>What has no exact instruction is refused, not replaced by an approximation of float.</summary>
    [Theory]
    [InlineData(typeof(OfDouble<Exp>))]
    [InlineData(typeof(OfDouble<Log>))]
    [InlineData(typeof(OfDouble<Sine>))]
    [InlineData(typeof(OfDouble<Power>))]
    [InlineData(typeof(OfDouble<SingleExp>))]
    public void InexactFunctionsAreRefused(Type kernel)
    {
        Diagnostic refused = Assert.Throws<CompileException>(() => KernelCompiler.Compile(kernel)).Diagnostic;
        Assert.Equal("CVX1019", refused.Number);
        Assert.Contains("Approximate.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A kernel that can't be compiled is an error, and nothing runs in its place.</summary>
    [Fact]
    public void NothingFallsBackSilently()
    {
        double[] x = [1, 2];
        Assert.Throws<CompileException>(() => new EmulatedLaunch(typeof(OfDouble<Exp>)).View(x).Run(new Dim3(1, 1, 1)));
        Assert.Equal([1, 2], x);
    }

    internal interface IFunction
    {
        static abstract double Of(double x);
    }

    internal readonly struct Exp : IFunction
    {
        public static double Of(double x) => Math.Exp(x);
    }

    internal readonly struct Log : IFunction
    {
        public static double Of(double x) => Math.Log(x);
    }

    internal readonly struct Sine : IFunction
    {
        public static double Of(double x) => Math.Sin(x);
    }

    internal readonly struct Power : IFunction
    {
        public static double Of(double x) => Math.Pow(x, 3);
    }

    internal readonly struct SingleExp : IFunction
    {
        public static double Of(double x) => MathF.Exp((float)x);
    }

    internal readonly struct OfDouble<TFunction>(View<double> x) : IKernel
        where TFunction : IFunction
    {
        public static Block Block => new(1);

        public void Run() => x[0] = TFunction.Of(x[1]);
    }

    internal readonly struct ToFloats(
        View<uint> x, View<float> singles, View<double> doubles, View<float> ofLongs, View<float> ofSigned) : IKernel
    {
        public static Block Block => new(16);

        public void Run()
        {
            int i = Block.ThreadX;
            singles[i] = x[i];
            doubles[i] = x[i];
            ofLongs[i] = ((ulong)x[i] << 32) + 1;
            ofSigned[i] = (int)x[i];
        }
    }

    internal readonly unsafe struct FarBytes(View<float> x, View<float> y, int rows, int width) : IKernel
    {
        public static Block Block => new(64);

        public void Run()
        {
            var far = new View<byte>((byte*)x.Pointer - (long)rows * width, int.MaxValue);
            for (int i = 0; i < sizeof(float); i++)
                y.As<byte>()[Block.ThreadX * sizeof(float) + i] = far[(long)rows * width + Block.ThreadX * sizeof(float) + i];
        }
    }

    internal readonly unsafe struct FarProduct(View<float> x, View<float> y, int rows, int width) : IKernel
    {
        public static Block Block => new(64);

        public void Run()
        {
            var far = new View<float>(x.Pointer - (long)rows * width, int.MaxValue);
            y[Block.ThreadX] = far.Slice((long)rows * width, 64)[Block.ThreadX];
        }
    }

    internal readonly unsafe struct FarFloats(View<float> x, View<float> y, int rows, int width) : IKernel
    {
        public static Block Block => new(64);

        public void Run()
        {
            int far = rows * 500 + width; // 1.5·10⁹ elements, 6·10⁹ bytes
            var view = new View<float>(x.Pointer - far, int.MaxValue);
            y[Block.ThreadX] = view[far + Block.ThreadX];
        }
    }
}
