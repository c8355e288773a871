using CogVideoX.Emulator;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// Copies on a second stream: each waits for the work before its mark, and work that is joined to them waits for it, in whatever order the
/// two streams go on otherwise.
/// </summary>
public sealed class CopiesBesideTests
{
    private const int Count = 64, Rounds = 12;

    [Theory]
    [InlineData(WorkOrder.InOrder, 1)]
    [InlineData(WorkOrder.Shuffled, 8)]
    public void WorkSeesWhatWasCopiedForIt(WorkOrder order, int seeds)
    {
        for (int seed = 1; seed <= seeds; seed++)
        {
            using Device device = GpuDevices.OpenEmulator(new EmulatedDeviceOptions { Order = order, Seed = seed });
            Check(device);
        }
    }

    [Fact]
    public void SoItIsWhereStreamsCantWaitForEachOther()
    {
        using Device device = GpuDevices.OpenSimulator();
        Check(device);
    }

    // Each round doubles what the copy of its number brought, over what the round before read.
    private static unsafe void Check(Device device)
    {
        nint x = device.Allocate(Count * sizeof(float));
        nint[] results = [.. Enumerable.Range(0, Rounds).Select(_ => device.Allocate(Count * sizeof(float)))];
        float[] numbers = new float[Count];
        for (int round = 0; round < Rounds; round++)
        {
            Mark used = device.Mark();
            Array.Fill(numbers, round + 1);
            fixed (float* source = numbers)
                device.CopyInBeside(source, x, Count * sizeof(float), used);
            Array.Clear(numbers); // it may be used again at once
            device.JoinCopies();
            var operand = new Elements((byte*)x, ElementFormat.F32);
            device.Run(new Add(operand, operand, new Elements((byte*)results[round], ElementFormat.F32), 1, Count), 0);
        }
        for (int round = 0; round < Rounds; round++)
        {
            fixed (float* target = numbers)
                device.CopyOut(results[round], target, Count * sizeof(float));
            Assert.All(numbers, number => Assert.Equal(2 * (round + 1), number));
        }
    }
}
