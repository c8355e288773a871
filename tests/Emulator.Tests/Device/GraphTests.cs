namespace CogVideoX.Emulator.Tests.Device;

/// <summary>Streams that are captured: nothing runs until the graph is launched, and then as often as it is.</summary>
public unsafe class GraphTests
{
    private const int Count = 8;

    [Theory]
    [InlineData(WorkOrder.InOrder)]
    [InlineData(WorkOrder.Shuffled)]
    public void AGraphDoesItsWorkEachTimeItIsLaunched(WorkOrder order)
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { Order = order, Seed = 2 });
        EmulatedKernel add = device.Load(Gpu.Simple).Kernel("add");
        ulong x = device.Allocate(4 * Count), y = device.Allocate(4 * Count);
        device.Fill(x, 0, 4 * Count);
        device.Fill(y, 0, 4 * Count);
        using EmulatedStream stream = device.CreateStream();
        stream.BeginCapture();
        stream.Launch(add, new Dim3(1), new Dim3(Count), 0, BitConverter.GetBytes(x));
        stream.Copy(x, y, 4 * Count);
        stream.Launch(add, new Dim3(1), new Dim3(Count), 0, BitConverter.GetBytes(x));
        EmulatedGraph graph = stream.EndCapture();
        Assert.Equal((3, 0L), (graph.NodeCount, device.LaunchCount));
        for (int i = 0; i < 3; i++)
            stream.Launch(graph);
        uint* words = stackalloc uint[2];
        stream.CopyOut(x, words, 4);
        stream.CopyOut(y, words + 1, 4);
        stream.Synchronise();
        Assert.Equal((6u, 5u, 6L), (words[0], words[1], device.LaunchCount));
    }

    [Fact]
    public void WhatAGraphCantHaveIsRefusedWhileOneIsCaptured()
    {
        using var device = new EmulatedDevice();
        ulong x = device.Allocate(4);
        EmulatedEvent mark = device.CreateEvent();
        using EmulatedStream stream = device.CreateStream();
        uint word = 0;
        uint* host = &word;
        stream.BeginCapture();
        Refused("memory asked for", () => device.Allocate(4));
        Refused("memory given back", () => device.Free(x));
        Refused("a module", () => device.Load(Gpu.Simple));
        Refused("work of the device's own", () => device.Fill(x, 0, 4));
        Refused("waiting", device.Synchronise);
        Refused("waiting", stream.Synchronise);
        Refused("waiting", mark.Synchronise);
        Refused("an event", () => stream.Record(mark));
        Refused("an event", () => stream.WaitFor(mark));
        Refused("a copy from the host", () => stream.CopyIn(host, x, 4));
        Refused("a copy to the host", () => stream.CopyOut(x, host, 4));
        Refused("another capture", stream.BeginCapture);
        EmulatedGraph none = stream.EndCapture();
        Assert.Equal(0, none.NodeCount);
        device.Fill(x, 0, 4);
        Assert.Throws<InvalidOperationException>(stream.EndCapture);
        using var other = new EmulatedDevice();
        using EmulatedStream others = other.CreateStream();
        Assert.Throws<ArgumentException>(() => others.Launch(none));
    }

    private static void Refused(string what, Action call) => Assert.Equal(
        $"{what} can't be part of a graph, and a stream is being captured", Assert.Throws<EmulatedDeviceException>(call).Message);
}
