using CogVideoX.Samples.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>Launches of both kinds of kernels as one graph.</summary>
public sealed class LaunchGraphTests
{
    [Fact]
    public void AGraphHasKernelsOfIlgpuAndOfOurCompiler()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = new EmulatorDevice().CreateEmulatorAccelerator(context);
        using AcceleratorStream stream = accelerator.CreateStream();
        using MemoryBuffer1D<float, Stride1D.Dense> a = accelerator.Allocate1D<float>([1, 2, 3]), c = accelerator.Allocate1D<float>(3);
        using LoadedKernel<VectorAdd> add = accelerator.LoadCompiled<VectorAdd>();
        Action<AcceleratorStream, Index1D, ArrayView<float>> twice = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Twice);
        using LaunchGraph graph = LaunchGraph.Capture(stream, () =>
        {
            twice(stream, 3, a.View);
            add.Launch(stream, new Index3D(1, 1, 1), new VectorAdd(a.View.ToView(), a.View.ToView(), c.View.ToView(), 3));
        });
        Assert.Equal((2, 0L), (graph.Launches, accelerator.Emulated.LaunchCount));
        graph.Launch(stream);
        graph.Launch(stream);
        Assert.Equal([8, 16, 24], c.GetAsArray1D(stream));
    }

    // What it did before is no graph, and the stream works as ever.
    [Fact]
    public void WorkThatFailsLeavesTheStreamAsItWas()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using EmulatorAccelerator accelerator = new EmulatorDevice().CreateEmulatorAccelerator(context);
        using AcceleratorStream stream = accelerator.CreateStream();
        using MemoryBuffer1D<float, Stride1D.Dense> a = accelerator.Allocate1D<float>([1, 2, 3]);
        Action<AcceleratorStream, Index1D, ArrayView<float>> twice = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>>(Twice);
        Assert.Throws<TimeoutException>(() => LaunchGraph.Capture(stream, () =>
        {
            twice(stream, 3, a.View);
            throw new TimeoutException();
        }));
        twice(stream, 3, a.View);
        Assert.Equal([2, 4, 6], a.GetAsArray1D(stream));
    }

    [Fact]
    public void AnAcceleratorWithoutGraphsIsNamed()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using AcceleratorStream stream = accelerator.CreateStream();
        Assert.False(LaunchGraph.CanCapture(accelerator));
        string message = Assert.Throws<NotSupportedException>(() => LaunchGraph.Capture(stream, () => { })).Message;
        Assert.Contains(accelerator.Name, message, StringComparison.Ordinal);
    }

    private static void Twice(Index1D index, ArrayView<float> x) => x[index] *= 2;
}
