using System.Runtime.CompilerServices;
using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>One stream waits for another.</summary>
public sealed class StreamOrderTests
{
    // Without the wait, what is copied out is often what was there before.
    [Fact]
    public void AStreamGoesOnBehindAnothersMarker()
    {
        for (int seed = 0; seed < 16; seed++)
        {
            using Context context = Context.Create(builder => builder.CPU().Profiling());
            var options = new EmulatedDeviceOptions { Order = WorkOrder.Shuffled, Seed = seed };
            using EmulatorAccelerator accelerator = new EmulatorDevice(options: options).CreateEmulatorAccelerator(context);
            using AcceleratorStream first = accelerator.CreateStream(), second = accelerator.CreateStream();
            using MemoryBuffer1D<int, Stride1D.Dense> a = accelerator.Allocate1D<int>(4), b = accelerator.Allocate1D<int>(4);
            a.MemSet(first, 1);
            b.MemSet(second, 2);
            using (ProfilingMarker marker = first.AddProfilingMarker())
                second.WaitFor(marker);
            a.View.CopyTo(second, b.View);
            Assert.All(b.GetAsArray1D(second), number => Assert.Equal(0x01010101, number));
        }
    }

    // No card is here: what can be seen is that ILGPU still has the member, under its name.
    [Fact]
    public void TheEventOfAMarkerOfCudaCanBeAskedFor()
    {
        Type type = typeof(ProfilingMarker).Assembly.GetType("ILGPU.Runtime.Cuda.CudaProfilingMarker", throwOnError: true)!;
        object marker = RuntimeHelpers.GetUninitializedObject(type);
        GC.SuppressFinalize(marker);
        Assert.Equal(0, StreamOrder.EventOf(marker));
    }
}
