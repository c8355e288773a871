namespace CogVideoX.Emulator.Tests.Device;

/// <summary>Memory that ends, and what is counted of it.</summary>
public class DeviceLimitTests
{
    [Fact]
    public void MemoryEnds()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { MemoryBytes = 1000 });
        ulong first = device.Allocate(600);
        Assert.Contains("600 of its 1000", Assert.Throws<OutOfMemoryException>(() => device.Allocate(401)).Message);
        ulong second = device.Allocate(400);
        device.Free(first);
        ulong third = device.Allocate(600);
        Assert.Equal(0UL, (first | second | third) % 256);
        Assert.Throws<OutOfMemoryException>(() => device.Allocate(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Allocate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Allocate(-1));
    }

    [Fact]
    public void WhatIsAllocatedIsCounted()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { MemoryBytes = 1000 });
        ulong a = device.Allocate(100), b = device.Allocate(300);
        Assert.Equal((2, 400L, 400L, 2L), (device.LiveAllocations, device.LiveBytes, device.PeakBytes, device.AllocationCount));
        device.Free(b);
        device.Allocate(50);
        Assert.Throws<OutOfMemoryException>(() => device.Allocate(1000));
        Assert.Equal((2, 150L, 400L, 4L), (device.LiveAllocations, device.LiveBytes, device.PeakBytes, device.AllocationCount));
        device.Free(a);
        Assert.Equal(1, device.LiveAllocations);
    }

    /// <summary>A program that allocates, launches and frees; whichever allocation fails, it gives everything back.</summary>
    [Fact]
    public void EachAllocationCanFail()
    {
        long count = Program(failing: -1);
        Assert.Equal(6, count);
        for (long k = 0; k < count; k++)
            Assert.Equal(k + 1, Program(k));
    }

    private static long Program(long failing)
    {
        var made = new Stack<ulong>();
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { FailAllocation = k => k == failing });
        device.SkipLaunches = failing >= 0;
        EmulatedModule module = device.Load(Gpu.Simple);
        try
        {
            for (int i = 0; i < 6; i++)
            {
                made.Push(device.Allocate(128));
                Gpu.Run(device, module.Kernel("set"), made.Peek());
                Assert.Equal(failing < 0 ? 7u : 0, Gpu.Words(device, made.Peek(), 32)[31]);
            }
            Assert.Equal(-1, failing);
        }
        catch (OutOfMemoryException)
        {
            Assert.Equal(failing, made.Count);
        }
        while (made.TryPop(out ulong address))
            device.Free(address);
        Assert.Equal((0, 0L), (device.LiveAllocations, device.LiveBytes));
        return device.AllocationCount;
    }

    [Fact]
    public void ASkippedLaunchCountsAsHavingWritten()
    {
        using var device = new EmulatedDevice { SkipLaunches = true };
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(128);
        Gpu.Run(device, module.Kernel("set"), x);
        Assert.Equal(1, device.LaunchCount);
        device.SkipLaunches = false;
        Gpu.Run(device, module.Kernel("add"), x);
        Assert.Equal(Enumerable.Repeat(1u, 32), Gpu.Words(device, x, 32));
    }

    /// <summary>A thousand freed allocations later, addresses aren't used again; 70,000 later they are.</summary>
    [Fact]
    public void AddressesAreGivenOutAgainAtLast()
    {
        using var device = new EmulatedDevice();
        ulong first = device.Allocate(4), last = 0;
        device.Free(first);
        for (int i = 0; i < 70_000; i++)
        {
            last = device.Allocate(4);
            Assert.True(i > 1000 || last != first);
            device.Free(last);
        }
        Assert.InRange(last >> 36, 1UL, 66_000UL);
    }

    [Theory]
    [InlineData("sm_100", "sm_90a", false)]
    [InlineData("sm_90a", "sm_90a", true)]
    [InlineData("sm_80", "sm_90", true)]
    public void AModuleForALaterDeviceIsRefused(string module, string device, bool fits)
    {
        using var made = new EmulatedDevice(new EmulatedDeviceOptions { Architecture = device });
        string text = Gpu.Simple.Replace("sm_80", module, StringComparison.Ordinal);
        if (fits)
            made.Load(text);
        else
            Assert.Contains("sm_100", Assert.Throws<EmulatedDeviceException>(() => made.Load(text)).Message);
    }
}
