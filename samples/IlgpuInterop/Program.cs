using System.Diagnostics;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Ilgpu;
using CogVideoX.Samples.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Samples.IlgpuInterop;

/// <summary>
/// A program of ILGPU as any: its context, buffers, stream and kernels. In the middle, between two kernels of ILGPU, it multiplies matrices
/// on tensor cores, in bfloat16, with a kernel of our compiler, on the same buffers and the same stream.
/// </summary>
internal static class Program
{
    private const int Rows = 100, Columns = 136, Depth = 160;
    private const int Tile = 64; // of GemmMmaBf16
    private const float Scale = 0.25f;
    private const double Allowed = 1e-5; // relative to the sum of the products' magnitudes: sums of 160 in float

    private static long multiplies;

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 1 || arguments.Length == 1 && arguments[0] != "--emulator")
        {
            Console.Error.WriteLine("usage: IlgpuInterop [--emulator]    (without it: the first card with CUDA, if there is one)");
            return 2;
        }
        using Context context = Context.Create(builder => builder.Cuda(_ => { }));
        bool hasCard = context.GetCudaDevices().Count > 0;
        using Accelerator accelerator = hasCard && arguments.Length == 0 ? context.CreateCudaAccelerator(0) : Emulator(context);
        Console.WriteLine($"accelerator   {accelerator.Name}");
        var watch = Stopwatch.StartNew();
        (ushort[] a, ushort[] b, float[] c) = Multiply(accelerator);
        Console.WriteLine($"product       {Rows} x {Depth} by {Depth} x {Columns}, bf16 to float");
        Console.WriteLine($"time          {watch.Elapsed.TotalSeconds:F2} s, with compiling");
        double error = LargestError(a, b, c);
        Console.WriteLine($"largest error {error:E2} of the magnitudes summed; {Allowed:E0} is allowed");
        if (accelerator is EmulatorAccelerator emulator)
        {
            Console.WriteLine($"mma.sync      {multiplies} by warps");
            Console.WriteLine($"faults        {emulator.Emulated.Fault?.Message ?? "none"} in {emulator.Emulated.LaunchCount} launches");
            Console.WriteLine(hasCard
                ? "There is a card: leave out --emulator."
                : "No card was there: on a card this hasn't been run yet.");
        }
        return error <= Allowed ? 0 : 1;
    }

    private static EmulatorAccelerator Emulator(Context context)
    {
        var options = new EmulatedDeviceOptions { Launched = (_, report) => multiplies += report.Counters.MatrixMultiplies };
        return new EmulatorDevice(CudaArchitecture.SM_80, options).CreateEmulatorAccelerator(context);
    }

    private static (ushort[] A, ushort[] B, float[] C) Multiply(Accelerator accelerator)
    {
        using AcceleratorStream stream = accelerator.CreateStream();
        using MemoryBuffer1D<ushort, Stride1D.Dense> a = accelerator.Allocate1D<ushort>(Rows * Depth);
        using MemoryBuffer1D<ushort, Stride1D.Dense> b = accelerator.Allocate1D<ushort>(Depth * Columns);
        using MemoryBuffer1D<float, Stride1D.Dense> c = accelerator.Allocate1D<float>(Rows * Columns);
        Action<AcceleratorStream, Index1D, ArrayView<ushort>, uint> prepare =
            accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<ushort>, uint>(Prepare);
        Action<AcceleratorStream, Index1D, ArrayView<float>, float> scale =
            accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>, float>(Multiplied);
        using LoadedKernel<GemmMmaBf16> product = accelerator.LoadCompiled<GemmMmaBf16>();

        prepare(stream, (int)a.Length, a.View, 1);
        prepare(stream, (int)b.Length, b.View, 2);
        product.Launch(
            stream, new Index3D((Columns + Tile - 1) / Tile, (Rows + Tile - 1) / Tile, 1),
            new GemmMmaBf16(
                a.View.ToView().As<BFloat16>(), b.View.ToView().As<BFloat16>(), c.View.ToView(), Rows, Columns, Depth));
        scale(stream, (int)c.Length, c.View, Scale);
        return (a.GetAsArray1D(stream), b.GetAsArray1D(stream), c.GetAsArray1D(stream));
    }

    // Kernels of ILGPU: numbers in -1 ... 1 from their place, as the bits of bfloat16, which ILGPU has no type for.
    private static void Prepare(Index1D i, ArrayView<ushort> values, uint seed)
    {
        uint hash = ((uint)i.X + seed * 0x9E3779B9u) * 0x85EBCA6Bu;
        hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
        float value = (int)(hash >> 8) * (2f / (1 << 24)) - 1;
        uint bits = Interop.FloatAsInt(value);
        values[i] = (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    private static void Multiplied(Index1D i, ArrayView<float> values, float by) => values[i] *= by;

    // The definition, in double, against what came out.
    private static double LargestError(ushort[] a, ushort[] b, float[] c)
    {
        double largest = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double sum = 0, magnitude = 0;
                for (int k = 0; k < Depth; k++)
                {
                    double one = Number(a[row * Depth + k]) * Number(b[k * Columns + column]);
                    (sum, magnitude) = (sum + one, magnitude + Math.Abs(one));
                }
                largest = Math.Max(largest, Math.Abs(c[row * Columns + column] - Scale * sum) / (Scale * magnitude));
            }
        }
        return largest;
    }

    private static double Number(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
