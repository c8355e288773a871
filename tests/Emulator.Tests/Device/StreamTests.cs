namespace CogVideoX.Emulator.Tests.Device;

/// <summary>
/// Work of streams, in order and shuffled: a sound program is always right, and one that forgets a wait is wrong for some seed.
/// </summary>
public unsafe class StreamTests
{
    private const int Count = 32, Seeds = 50;

    [Flags]
    private enum Forgotten
    {
        Nothing = 0,
        OtherStream = 1,
        Host = 2,
        Reuse = 4,
    }

    private static EmulatedDeviceOptions Shuffled(int seed) =>
        new() { Order = WorkOrder.Shuffled, Seed = seed };

    [Fact]
    public void ASoundProgramIsRightInOrder() => Assert.True(Program(new EmulatedDeviceOptions(), Forgotten.Nothing));

    [Fact]
    public void ASoundProgramIsRightForEverySeed() =>
        Assert.All(Enumerable.Range(0, Seeds), seed => Assert.True(Program(Shuffled(seed), Forgotten.Nothing)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void AForgottenWaitIsFoundOut(int forgotten) =>
        Assert.InRange(Enumerable.Range(0, Seeds).Count(seed => !Program(Shuffled(seed), (Forgotten)forgotten)), 5, Seeds);

    [Fact]
    public void TheSameSeedGivesTheSameRun()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            bool first = Program(Shuffled(seed), Forgotten.OtherStream);
            Assert.Equal(first, Program(Shuffled(seed), Forgotten.OtherStream));
        }
    }

    /// <summary>Two rounds of: up on one stream, add and double on another, down again; the buffers are used again.</summary>
    private static bool Program(EmulatedDeviceOptions options, Forgotten forgotten)
    {
        uint* host = stackalloc uint[Count], results = stackalloc uint[2 * Count];
        using var device = new EmulatedDevice(options);
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(4 * Count), y = device.Allocate(4 * Count);
        device.Fill(x, 0, 4 * Count);
        device.Fill(y, 0, 4 * Count);
        using EmulatedStream copies = device.CreateStream(), work = device.CreateStream();
        EmulatedEvent isUp = device.CreateEvent(), isUsed = device.CreateEvent();
        for (uint round = 0; round < 2; round++)
        {
            for (int i = 0; i < Count; i++)
                host[i] = 10 * round + (uint)i;
            if (!forgotten.HasFlag(Forgotten.Reuse))
                copies.WaitFor(isUsed);
            copies.CopyIn(host, x, 4 * Count);
            copies.Record(isUp);
            if (!forgotten.HasFlag(Forgotten.OtherStream))
                work.WaitFor(isUp);
            work.Launch(module.Kernel("add"), new Dim3(1), new Dim3(Count), 0, BitConverter.GetBytes(x));
            work.Copy(x, y, 4 * Count);
            work.Record(isUsed);
            work.Launch(module.Kernel("twice"), new Dim3(1), new Dim3(Count), 0, BitConverter.GetBytes(y));
            work.CopyOut(y, results + round * Count, 4 * Count);
            isUp.Synchronise();   // before the host's memory is used again
        }
        if (!forgotten.HasFlag(Forgotten.Host))
            work.Synchronise();
        bool isRight = true;
        for (uint i = 0; i < 2 * Count; i++)
            isRight &= results[i] == 2 * (i / Count * 10 + i % Count + 1);
        device.Synchronise();
        return isRight;
    }

    [Fact]
    public void PollingAnEventEnds()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var device = new EmulatedDevice(Shuffled(seed));
            ulong x = device.Allocate(4);
            using EmulatedStream stream = device.CreateStream();
            EmulatedEvent done = device.CreateEvent();
            Assert.True(done.Query());
            done.Synchronise();
            stream.Fill(x, 5, 4);
            stream.Record(done);
            for (int i = 0; !done.Query(); i++)
                Assert.True(i < 1000);
            Assert.Equal([0x05050505u], Gpu.Words(device, x, 1));
        }
    }

    /// <summary>Work that is still to be done is done before its memory is given back.</summary>
    [Fact]
    public void FreeWaits()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var device = new EmulatedDevice(Shuffled(seed));
            ulong x = device.Allocate(4);
            using EmulatedStream stream = device.CreateStream();
            uint result = 0;
            stream.Fill(x, 5, 4);
            stream.CopyOut(x, &result, 4);
            device.Free(x);
            Assert.Equal(0x05050505u, result);
            device.Synchronise();
        }
    }

    [Theory]
    [InlineData(WorkOrder.InOrder)]
    [InlineData(WorkOrder.Shuffled)]
    public void AFaultOfAStreamIsTheDevices(WorkOrder order)
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { Order = order });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        using EmulatedStream stream = device.CreateStream();
        var error = Assert.Throws<EmulatedDeviceException>(() =>
        {
            stream.Launch(module.Kernel("outside"), new Dim3(1), new Dim3(1), 0, BitConverter.GetBytes(x));
            stream.Fill(x, 0, 4);
            stream.Synchronise();
        });
        Assert.Equal(FaultKind.OutOfBounds, error.Fault?.Kind);
        Assert.Throws<EmulatedDeviceException>(() => device.Fill(x, 0, 4));
        device.Free(x);
    }

    /// <summary>Nothing is written to the host any more once the device is gone.</summary>
    [Fact]
    public void ALostDeviceDoesNoMoreWork()
    {
        int undone = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var device = new EmulatedDevice(Shuffled(seed));
            ulong x = device.Allocate(4);
            device.Fill(x, 1, 4);
            using EmulatedStream stream = device.CreateStream();
            uint result = 0;
            stream.CopyOut(x, &result, 4);
            device.Lose("somebody pulled it out");
            Assert.Throws<EmulatedDeviceException>(stream.Synchronise);
            device.Free(x);
            undone += result == 0 ? 1 : 0;
        }
        Assert.InRange(undone, 1, Seeds);
    }

    [Fact]
    public void WrongUseIsNamed()
    {
        using var device = new EmulatedDevice();
        using var other = new EmulatedDevice();
        ulong x = device.Allocate(4);
        EmulatedStream stream = device.CreateStream();
        Assert.Throws<ArgumentException>(() => stream.Record(other.CreateEvent()));
        Assert.Throws<EmulatedDeviceException>(() => stream.Fill(x, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Fill(x, 0, -1));
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(x, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedDevice(new EmulatedDeviceOptions { Order = (WorkOrder)7 }));
    }
}
