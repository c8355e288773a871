using System.Runtime.InteropServices;
using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Shuffles of every kind of type, each way, against the same on the host.</summary>
public sealed class ShuffleTests
{
    private const int Width = 16, Delta = 3;

    private enum Colour : short
    {
        Red = -300,
    }

    [Fact]
    public void IntegersOfEveryWidth()
    {
        Check<byte>(1);
        Check<sbyte>(1);
        Check<short>(1);
        Check<ushort>(1);
        Check<char>(1);
        Check<int>(1);
        Check<uint>(1);
        Check<long>(2);
        Check<ulong>(2);
        Check<nint>(2);
        Check<Colour>(1);
    }

    [Fact]
    public void FloatsOfEveryWidth()
    {
        Check<Half>(1);
        Check<BFloat16>(1);
        Check<Float8E4M3>(1);
        Check<float>(1);
        Check<double>(2);
        Check<Half2>(1);
        Check<BFloat16x2>(1);
        Check<Float8E5M2x2>(1);
        Check<Float2>(2);
        Check<Float4>(4);
    }

    /// <summary>Fields that lie in one word of memory go in one word.</summary>
    [Fact]
    public void Structs()
    {
        Check<Small>(1);
        Check<Mixed>(6);
        Check<Odd>(2);
        Check<Union>(2);
    }

    [Fact]
    public void Truth()
    {
        bool[] x = [.. Enumerable.Range(0, 32).Select(i => i % 3 == 0)];
        var y = new bool[32 * 4];
        Assert.Null(new EmulatedLaunch(typeof(Shuffles<bool>)).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        Assert.Equal(Expected(x), y);
    }

    private static void Check<T>(int words)
        where T : unmanaged
    {
        var random = new Random(words);
        T[] x = new T[32];
        random.NextBytes(MemoryMarshal.AsBytes(x.AsSpan()));
        var y = new T[32 * 4];
        LaunchReport report = new EmulatedLaunch(typeof(Shuffles<T>)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault);
        Assert.Equal(Expected(x), y);
        bool hasPadding = typeof(T) == typeof(Mixed);
        if (!hasPadding)
            Assert.Equal(MemoryMarshal.AsBytes<T>(Expected(x)), MemoryMarshal.AsBytes<T>(y));
        string ptx = KernelCompiler.Compile(typeof(Shuffles<T>)).Ptx;
        Assert.Equal(4 * words, ptx.Split("shfl.sync.").Length - 1);
    }

    private static T[] Expected<T>(T[] x) =>
    [
        .. Enumerable.Range(0, 32).SelectMany(lane =>
        {
            int segment = lane / Width * Width, place = lane % Width;
            return (T[])
            [
                x[segment + (place + 5) % Width], x[place < Delta ? lane : lane - Delta], x[place + Delta >= Width ? lane : lane + Delta],
                x[lane ^ 6],
            ];
        }),
    ];

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal readonly record struct Small(byte A, byte B, short C);

    internal readonly record struct Mixed(byte Flag, int Number, long Long, Half2 Pair, Half Last);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal readonly record struct Odd(byte A, byte B, byte C, byte D, byte E);

    [StructLayout(LayoutKind.Explicit)]
    internal struct Union
    {
        [FieldOffset(0)]
        public double Number;

        [FieldOffset(0)]
        public int Word;
    }

    internal readonly struct Shuffles<T>(View<T> x, View<T> y) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run()
        {
            int lane = Block.ThreadX;
            T value = x[lane];
            View<T> r = y.Slice(lane * 4, 4);
            r[0] = Warp.Shuffle(value, (lane + 5) % Width, Width);
            r[1] = Warp.ShuffleUp(value, Delta, Width);
            r[2] = Warp.ShuffleDown(value, Delta, Width);
            r[3] = Warp.ShuffleXor(value, 6, Width);
        }
    }
}
