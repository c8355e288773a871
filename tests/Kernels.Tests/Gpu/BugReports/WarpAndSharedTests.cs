using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Samples.Kernels;

namespace CogVideoX.Kernels.Tests.Gpu.BugReports;

/// <summary>Shared memory, shuffles and swizzles as other projects got them wrong (ILGPU 356, 836; TornadoVM 830, 903; AiDotNet.Tensors
/// 31).</summary>
public sealed class WarpAndSharedTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(97)]
    [InlineData(128)]
    public void AReductionOfAnyLengthCountsEveryElement(int length)
    {
        int[] x = [.. Enumerable.Repeat(1, length)], sum = new int[1];
        Assert.Null(new EmulatedLaunch(typeof(Reduces)).View(x).View(sum).Run(new Dim3(1, 1, 1)).Fault);
        Assert.Equal(length, sum[0]);
    }

    /// <summary>Shared memory in a branch that a part of the block takes is fine; a barrier in it isn't.</summary>
    [Fact]
    public void ABarrierInADivergentBranchIsAFault()
    {
        int[] x = [.. Enumerable.Range(0, 64)], y = new int[64];
        LaunchReport sound = new EmulatedLaunch(typeof(InABranch<Without>)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.Null(sound.Fault);
        Assert.Equal(x.Select(v => v < 16 ? v + 100 : v), y);
        LaunchReport defective = new EmulatedLaunch(typeof(InABranch<With>)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.Equal(FaultKind.Divergent, defective.Fault?.Kind);
        Assert.EndsWith("WarpAndSharedTests.cs", defective.FileNames[defective.Fault!.Source.File], StringComparison.Ordinal);
    }

    [Fact]
    public void AFullMaskInAPartialWarpIsAFault()
    {
        float[] x = [.. Enumerable.Repeat(1f, 48)], y = new float[48];
        LaunchReport report = new EmulatedLaunch(typeof(PartialWarp)).View(x).View(y).Run(new Dim3(1, 1, 1));
        Assert.NotNull(report.Fault);
        Assert.Contains("shfl.sync reads from lane 16, which takes no part", report.Fault.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A swizzle that takes a number of elements for one of bytes is caught.</summary>
    [Fact]
    public void AnElementIndexIsNoByteOffset()
    {
        float[] x = [.. Enumerable.Range(0, 1024).Select(i => (float)i)], y = new float[1024];
        Assert.Null(new EmulatedLaunch(typeof(Swizzles<Bytes>)).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        Assert.Equal(Enumerable.Range(0, 1024).Select(i => x[(i % 32) * 32 + i / 32]), y);
        Assert.NotNull(new EmulatedLaunch(typeof(Swizzles<Elements>)).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        Assert.NotNull(new EmulatedLaunch(typeof(Vectors<Elements>)).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        Assert.Null(new EmulatedLaunch(typeof(Vectors<Bytes>)).View(x).View(y).Run(new Dim3(1, 1, 1)).Fault);
        Assert.Equal(x, y);
    }

    /// <summary>Compiled again, in any order and by several threads at once, every kernel is the same text.</summary>
    [Fact]
    public async Task CompiledTwiceAKernelIsTheSameText()
    {
        Type[] kernels = [.. SampleKernels.All.Select(kernel => kernel.Type)];
        string[] first = [.. kernels.Select(kernel => KernelCompiler.Compile(kernel).Ptx)];
        string[] second = [.. kernels.Reverse().Select(kernel => KernelCompiler.Compile(kernel).Ptx).Reverse()];
        Assert.Equal(first, second);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string[] atOnce = await Task.WhenAll(kernels.Select(kernel => Task.Run(() => KernelCompiler.Compile(kernel).Ptx, cancel)));
        Assert.Equal(first, atOnce);
        Half2[] a = [Half2.FromBits(0x3e003e00)], b = [Half2.FromBits(0xc0003c00)], once = new Half2[6], again = new Half2[6];
        new EmulatedLaunch(typeof(Halves)).View(a).View(b).View(once).Value(1).Run(new Dim3(1, 1, 1));
        new EmulatedLaunch(typeof(Halves)).View(a).View(b).View(again).Value(1).Run(new Dim3(1, 1, 1));
        Assert.Equal(once.Select(h => h.Bits), again.Select(h => h.Bits));
    }

    internal interface IChoice
    {
        static abstract bool Is { get; }
    }

    internal readonly struct With : IChoice
    {
        public static bool Is => true;
    }

    internal readonly struct Without : IChoice
    {
        public static bool Is => false;
    }

    internal readonly struct Bytes : IChoice
    {
        public static bool Is => true;
    }

    internal readonly struct Elements : IChoice
    {
        public static bool Is => false;
    }

    internal readonly struct Reduces(View<int> x, View<int> sum) : IKernel
    {
        public static Block Block => new(128);

        public void Run()
        {
            Shared<int> parts = Shared.Array<int>(Block.SizeX);
            int i = Block.ThreadX;
            parts[i] = i < x.Length ? x[i] : 0;
            for (int half = Block.SizeX / 2; half > 0; half /= 2)
            {
                Block.Sync();
                if (i < half)
                    parts[i] += parts[i + half];
            }
            if (i == 0)
                sum[0] = parts[0];
        }
    }

    internal readonly struct InABranch<TBarrier>(View<int> x, View<int> y) : IKernel
        where TBarrier : IChoice
    {
        public static Block Block => new(64);

        public void Run()
        {
            int i = Block.ThreadX, value = x[i];
            if (value < 16)
            {
                Shared<int> own = Shared.Array<int>(Block.SizeX);
                own[i] = value + 100;
                if (TBarrier.Is)
                    Block.Sync();
                value = own[i];
            }
            y[i] = value;
        }
    }

    internal readonly struct PartialWarp(View<float> x, View<float> y) : IKernel
    {
        public static Block Block => new(48);

        public void Run() => y[Block.ThreadX] = Warp.Sum(x[Block.ThreadX]);
    }

    /// <summary>Transposes 32 by 32 through shared memory whose rows are swizzled.</summary>
    internal readonly struct Swizzles<TOffset>(View<float> x, View<float> y) : IKernel
        where TOffset : IChoice
    {
        private const int Size = 32, RowBytes = Size * sizeof(float);

        public static Block Block => new(Size, Size);

        public void Run()
        {
            uint tile = Shared.Array<float>(Size * Size, 128).Address;
            int row = Block.ThreadY, column = Block.ThreadX;
            Shared.At<float>(tile + Place(row, column)) = x[row * Size + column];
            Block.Sync();
            y[row * Size + column] = Shared.At<float>(tile + Place(column, row));
        }

        private static uint Place(int row, int column) =>
            (uint)(row * RowBytes + ((TOffset.Is ? column * sizeof(float) : column) ^ ((row & 7) << 4)));
    }

    /// <summary>The same with pieces of 16 bytes: the stride between them is 16, not 1.</summary>
    internal readonly struct Vectors<TOffset>(View<float> x, View<float> y) : IKernel
        where TOffset : IChoice
    {
        private const int Rows = 32, Pieces = 8, Stride = 16;

        public static Block Block => new(Rows * Pieces);

        public void Run()
        {
            uint tile = Shared.Array<float>(Rows * Pieces * 4, 128).Address;
            int row = Block.ThreadX / Pieces, piece = Block.ThreadX % Pieces;
            Shared.At<Float4>(tile + Place(row, piece)) = x.As<Float4>()[Block.ThreadX];
            Block.Sync();
            y.As<Float4>()[Block.ThreadX] = Shared.At<Float4>(tile + Place(row, piece));
        }

        private static uint Place(int row, int piece) =>
            (uint)(row * Pieces * Stride + (piece ^ (row & 7)) * (TOffset.Is ? Stride : 1));
    }
}
