namespace CogVideoX.Emulator.Tests.Device;

/// <summary>A device that had a fault, or is taken away, or is used wrongly.</summary>
public class DeviceFaultTests
{
    [Fact]
    public void AFaultStays()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Fault? fault = Gpu.Launch(device, module.Kernel("outside"), x).Fault;
        Assert.Equal(FaultKind.OutOfBounds, fault?.Kind);
        Assert.Equal(fault, device.Fault);
        Action[] calls =
        [
            () => Gpu.Launch(device, module.Kernel("set"), x), () => device.Fill(x, 0, 4), () => device.CopyIn([1], x),
            () => device.CopyOut(x, new byte[1]), () => device.Copy(x, x, 1), () => device.Allocate(1), () => device.Load(Gpu.Simple),
            () => device.Synchronise(), () => device.CreateStream(), () => device.CreateEvent(),
        ];
        foreach (Action call in calls)
        {
            var error = Assert.Throws<EmulatedDeviceException>(call);
            Assert.Equal(fault, error.Fault);
            Assert.Contains("a launch of outside: out of bounds", error.Message, StringComparison.Ordinal);
        }
        device.Free(x);
        Assert.Equal(0, device.LiveAllocations);
    }

    [Fact]
    public void ADeviceMayKeepGoing()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { KeepGoing = true });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Assert.NotNull(Gpu.Launch(device, module.Kernel("outside"), x).Fault);
        Gpu.Run(device, module.Kernel("set"), x);
        Assert.Equal(FaultKind.OutOfBounds, device.Fault?.Kind);
    }

    /// <summary>What a device refuses to begin doesn't harm it.</summary>
    [Fact]
    public void ARefusedLaunchIsNoFaultOfTheDevice()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Assert.Equal(FaultKind.Limit, Gpu.Launch(device, module.Kernel("set"), x, threads: 2000).Fault?.Kind);
        Assert.Null(device.Fault);
        using EmulatedStream stream = device.CreateStream();
        var error = Assert.Throws<EmulatedDeviceException>(
            () => stream.Launch(module.Kernel("set"), new Dim3(1), new Dim3(2000), 0, BitConverter.GetBytes(x)));
        Assert.Equal(FaultKind.Limit, error.Fault?.Kind);
        Gpu.Run(device, module.Kernel("set"), x);
    }

    [Fact]
    public void ACopyThatIsWrongHarmsNothing()
    {
        using var device = new EmulatedDevice();
        ulong x = device.Allocate(100);
        Assert.Equal(FaultKind.OutOfBounds, Assert.Throws<EmulatedDeviceException>(() => device.Fill(x, 1, 101)).Fault?.Kind);
        Assert.Equal(FaultKind.OutOfBounds, Assert.Throws<EmulatedDeviceException>(() => device.Fill(12, 1, 1)).Fault?.Kind);
        Assert.Equal(
            FaultKind.Uninitialized, Assert.Throws<EmulatedDeviceException>(() => device.CopyOut(x, new byte[1])).Fault?.Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Fill(x, 1, -1));
        device.CopyOut(x, Span<byte>.Empty);
        device.Fill(x, 1, 100);
    }

    [Fact]
    public void UnwrittenBytesMayBeCopiedIfAsked()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { AllowUnwrittenCopies = true });
        device.CopyOut(device.Allocate(100), new byte[100]);
        Assert.Null(device.Fault);
    }

    [Fact]
    public void ALostDeviceRefusesEverythingButFree()
    {
        var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        device.Lose("the bus is down");
        Action[] calls =
        [
            () => Gpu.Launch(device, module.Kernel("set"), x), () => device.Fill(x, 0, 4), () => device.Allocate(1),
            () => device.Synchronise(),
        ];
        foreach (Action call in calls)
            Assert.Contains("the device is gone: the bus is down", Assert.Throws<EmulatedDeviceException>(call).Message);
        device.Free(x);
        device.Free(x);
        device.Dispose();
    }

    [Fact]
    public void ADeviceIsLostAfterSomeLaunches()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { LoseAfterLaunches = 2 });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Gpu.Run(device, module.Kernel("set"), x);
        Gpu.Run(device, module.Kernel("set"), x);
        Assert.Contains("after 2 launches", Assert.Throws<EmulatedDeviceException>(() => device.Fill(x, 0, 4)).Message);
    }

    [Fact]
    public void ADisposedDeviceIsNoMore()
    {
        var device = new EmulatedDevice();
        ulong x = device.Allocate(128);
        EmulatedStream stream = device.CreateStream();
        device.Dispose();
        device.Dispose();
        device.Free(x);
        Assert.Throws<ObjectDisposedException>(() => device.Allocate(1));
        Assert.Throws<ObjectDisposedException>(() => device.Synchronise());
        Assert.Throws<ObjectDisposedException>(stream.Synchronise);
        Assert.Equal(0, device.LiveAllocations);
    }

    [Fact]
    public void AnotherThreadIsRefused()
    {
        using var inside = new ManualResetEventSlim();
        using var tried = new ManualResetEventSlim();
        using var device = new EmulatedDevice(new EmulatedDeviceOptions
        {
            Launched = (_, _) =>
            {
                inside.Set();
                Assert.True(tried.Wait(TimeSpan.FromMinutes(1)));
            },
        });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        var other = new Thread(() => Gpu.Run(device, module.Kernel("set"), x));
        other.Start();
        Assert.True(inside.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("one call at a time", Assert.Throws<InvalidOperationException>(() => device.Fill(x, 0, 4)).Message);
        Assert.Throws<InvalidOperationException>(() => device.Free(x));
        tried.Set();
        other.Join();
        device.Fill(x, 0, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALaunchIsCancelledWhileItRuns(bool onAStream)
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        using var device = new EmulatedDevice(new EmulatedDeviceOptions
        {
            Launch = new LaunchOptions { MaxThreadInstructions = long.MaxValue, MaxLaunchInstructions = long.MaxValue },
        });
        EmulatedKernel endless = device.Load(Gpu.Module(("endless", "L: add.u32 %r5, %r1, 1; bra L;"))).Kernel("endless");
        byte[] pointer = new byte[sizeof(ulong)];
        using EmulatedStream stream = device.CreateStream();
        device.Cancellation = source.Token;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            if (onAStream)
                stream.Launch(endless, new Dim3(1), new Dim3(32), 0, pointer);
            else
                device.Launch(endless, new Dim3(1), new Dim3(32), 0, pointer);
        });
        Assert.Null(device.Fault);
    }

    [Fact]
    public void CancellingLeavesTheDeviceInOrder()
    {
        using var source = new CancellationTokenSource();
        using var device = new EmulatedDevice(
            new EmulatedDeviceOptions { Launch = new LaunchOptions { Cancellation = source.Token } });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Gpu.Run(device, module.Kernel("set"), x);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Gpu.Launch(device, module.Kernel("add"), x));
        Assert.Equal(Enumerable.Repeat(7u, 32), Gpu.Words(device, x, 32));
        device.Cancellation = CancellationToken.None;
        Gpu.Run(device, module.Kernel("add"), x);
    }
}
