using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Samples.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using Group = CogVideoX.Compiler.Language.Block;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>Kernels of our compiler on accelerators, buffers and streams of ILGPU.</summary>
public sealed class CompiledKernelTests
{
    [Fact]
    public void AProductOnTensorCoresStandsBetweenKernelsOfIlgpu()
    {
        const int Rows = 64, Columns = 72, Depth = 64;
        float[] got = [];
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using AcceleratorStream stream = accelerator.CreateStream();
            using MemoryBuffer1D<ushort, Stride1D.Dense> a = accelerator.Allocate1D<ushort>(Rows * Depth);
            using MemoryBuffer1D<ushort, Stride1D.Dense> b = accelerator.Allocate1D<ushort>(Depth * Columns);
            using MemoryBuffer1D<float, Stride1D.Dense> c = accelerator.Allocate1D<float>(Rows * Columns);
            Action<AcceleratorStream, Index1D, ArrayView<ushort>> fill =
                accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<ushort>>(Fill);
            fill(stream, (int)a.Length, a.View);
            fill(stream, (int)b.Length, b.View);
            using LoadedKernel<GemmMmaBf16> product = accelerator.LoadCompiled<GemmMmaBf16>();
            product.Launch(
                stream, new Index3D(2, 1, 1),
                new GemmMmaBf16(a.View.ToView().As<BFloat16>(), b.View.ToView().As<BFloat16>(), c.View.ToView(), Rows, Columns, Depth));
            accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Twice)(stream, (int)c.Length, c.View);
            got = c.GetAsArray1D(stream);
        });
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal("gemm_mma_bf16", report.Runs[2].Kernel);
        Assert.Equal(2 * 4 * 2 * 2 * 8, report.Runs[2].Counters.MatrixMultiplies); // blocks, warps, steps, depths, tiles of a warp
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                int sum = 0;
                for (int k = 0; k < Depth; k++)
                    sum += Number(row * Depth + k) * Number(k * Columns + column);
                Assert.Equal(2 * sum, got[row * Columns + column]);
            }
        }
    }

    [Fact]
    public void AStructOfParametersLaunchesToo()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = Shuffled().CreateEmulatorAccelerator(context);
        using MemoryBuffer1D<float, Stride1D.Dense> a = accelerator.Allocate1D<float>([1, 2, 3]);
        using MemoryBuffer1D<float, Stride1D.Dense> c = accelerator.Allocate1D<float>(3);
        using LoadedKernel add = accelerator.LoadCompiled(KernelCompiler.Compile<VectorAdd>());
        var parameters = new AddParameters(a.View.ToView(), a.View.ToView(), c.View.ToView(), 3);
        add.Launch(accelerator.DefaultStream, new Index3D(1, 1, 1), parameters);
        Assert.Equal([2, 4, 6], c.GetAsArray1D());
        Assert.Equal(128, add.Compiled.Block.X);
    }

    [Fact]
    public void DynamicSharedMemoryIsGivenByTheLaunch()
    {
        const int Bytes = 64 * 1024; // more than a kernel has unasked
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = Shuffled().CreateEmulatorAccelerator(context);
        using MemoryBuffer1D<int, Stride1D.Dense> x = accelerator.Allocate1D(Enumerable.Range(0, 32).ToArray());
        using LoadedKernel<Reversed> reversed = accelerator.LoadCompiled<Reversed>();
        reversed.Launch(accelerator.DefaultStream, new Index3D(1, 1, 1), new Reversed(x.View.ToView(), Bytes / sizeof(int) - 32), Bytes);
        Assert.Equal(Enumerable.Range(0, 32).Reverse(), x.GetAsArray1D());
    }

    [Fact]
    public void AFaultNamesTheKernelAndItsLine()
    {
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> a = accelerator.Allocate1D<float>([1, 2, 3]);
            using LoadedKernel<VectorAdd> add = accelerator.LoadCompiled<VectorAdd>();
            add.Launch(
                accelerator.DefaultStream, new Index3D(1, 1, 1), new VectorAdd(a.View.ToView(), a.View.ToView(), a.View.ToView(), 4));
        });
        Assert.Equal(("vector_add", FaultKind.OutOfBounds), (report.Fault?.Kernel, report.Fault?.Fault.Kind));
        Assert.Contains("VectorAdd.cs(", report.Fault!.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void ParametersOfAnotherSizeAreToldInASentence()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = Shuffled().CreateEmulatorAccelerator(context);
        using LoadedKernel add = accelerator.LoadCompiled(KernelCompiler.Compile<VectorAdd>());
        ArgumentException wrong = Assert.Throws<ArgumentException>(
            () => add.Launch(accelerator.DefaultStream, new Index3D(1, 1, 1), 1L));
        Assert.StartsWith(
            "The parameters of 'vector_add' have 52 bytes (a: 8, a_length: 8, b: 8, b_length: 8, c: 8, c_length: 8, n: 4), "
                + "and the launch gives 8.",
            wrong.Message, StringComparison.Ordinal);
        using EmulatorAccelerator other = Shuffled().CreateEmulatorAccelerator(context);
        wrong = Assert.Throws<ArgumentException>(
            () => add.Launch(other.DefaultStream, new Index3D(1, 1, 1), default(AddParameters)));
        Assert.Contains("the stream is another accelerator's", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => add.Launch(accelerator.DefaultStream, new Index3D(0, 1, 1), default(AddParameters)));
    }

    [Fact]
    public void AnAcceleratorThatCantRunItIsToldInASentence()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using CPUAccelerator cpu = context.CreateCPUAccelerator(0);
        NotSupportedException wrong = Assert.Throws<NotSupportedException>(() => cpu.LoadCompiled<VectorAdd>());
        Assert.StartsWith(
            "'vector_add' can't be loaded on 'CPUAccelerator', an accelerator of kind CPU: compiled kernels are PTX",
            wrong.Message, StringComparison.Ordinal);
        using EmulatorAccelerator ampere = new EmulatorDevice(CudaArchitecture.SM_86).CreateEmulatorAccelerator(context);
        CompiledKernel wgmma = KernelCompiler.Compile<VectorAdd>(new CompileOptions { Target = Target.Sm90a });
        wrong = Assert.Throws<NotSupportedException>(() => ampere.LoadCompiled(wgmma));
        Assert.StartsWith(
            "'vector_add' was compiled for sm_90a, which runs on sm_90 alone; 'PTX emulator (sm_86)' is sm_86.",
            wrong.Message, StringComparison.Ordinal);
        CompiledKernel ada = KernelCompiler.Compile<VectorAdd>(new CompileOptions { Target = new Target(89) });
        wrong = Assert.Throws<NotSupportedException>(() => ampere.LoadCompiled(ada));
        Assert.StartsWith("'vector_add' was compiled for sm_89, and needs sm_89 or later;", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AKernelWhoseFieldsArentItsParametersIsToldInASentence()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = Shuffled().CreateEmulatorAccelerator(context);
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => accelerator.LoadCompiled<Computed>());
        Assert.StartsWith(
            "Computed can't be passed as its own parameters: its second parameter, 'half', isn't its second field",
            wrong.Message, StringComparison.Ordinal);
    }

    private static EmulatorDevice Shuffled() => new(options: new EmulatedDeviceOptions { Order = WorkOrder.Shuffled, Seed = 5 });

    private static int Number(int place) => place % 7 - 3;

    private static void Fill(Index1D i, ArrayView<ushort> values) =>
        values[i] = (ushort)(Interop.FloatAsInt((float)(i.X % 7 - 3)) >> 16);

    private static void Twice(Index1D i, ArrayView<float> values) => values[i] *= 2;

    private readonly record struct AddParameters(View<float> A, View<float> B, View<float> C, int N);

    /// <summary>Turns 32 numbers around, through the end of its shared memory.</summary>
    public readonly struct Reversed(View<int> x, int place) : IKernel
    {
        public static Group Block => new(32);

        public void Run()
        {
            Shared<int> shared = Shared.Dynamic<int>();
            shared[place + Group.ThreadX] = x[Group.ThreadX];
            Group.Sync();
            x[Group.ThreadX] = shared[place + 31 - Group.ThreadX];
        }
    }

    /// <summary>Has a field that isn't a parameter.</summary>
    public readonly struct Computed : IKernel
    {
        private readonly View<int> x;
        private readonly int twice;

        public Computed(View<int> x, int half) => (this.x, twice) = (x, 2 * half);

        public static Group Block => new(32);

        public void Run() => x[Group.ThreadX] = twice;
    }
}
