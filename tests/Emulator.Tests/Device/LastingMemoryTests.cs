namespace CogVideoX.Emulator.Tests.Device;

/// <summary>Memory of a device from one launch to the next.</summary>
public class LastingMemoryTests
{
    private const int Count = 5000;   // more than a page of shadow memory

    [Fact]
    public void WhatALaunchWroteIsThereInTheNext()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(4 * Count);
        Gpu.Run(device, module.Kernel("set"), x, blocks: Count / 8, threads: 8);
        for (int i = 0; i < 3; i++)
            Gpu.Run(device, module.Kernel("add"), x, blocks: Count / 8, threads: 8);
        Assert.Equal(Enumerable.Repeat(10u, Count), Gpu.Words(device, x, Count));
    }

    /// <summary>The same threads write the same words in two launches: only within a launch would that be a race.</summary>
    [Fact]
    public void RacesAreThoseWithinALaunch()
    {
        using var device = new EmulatedDevice();
        EmulatedKernel set = device.Load(Gpu.Simple).Kernel("set");
        ulong x = device.Allocate(4 * 64);
        Gpu.Run(device, set, x, blocks: 1, threads: 64);
        Gpu.Run(device, set, x, blocks: 2, threads: 32);
        Gpu.Run(device, set, x, blocks: 1, threads: 64);
        Assert.Null(device.Fault);
    }

    [Fact]
    public void WhatNobodyWroteStaysUnwrittenAcrossLaunches()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(4 * 64);
        Gpu.Run(device, module.Kernel("set"), x, threads: 33);
        Gpu.Run(device, module.Kernel("add"), x, threads: 33);
        Fault? fault = Gpu.Launch(device, module.Kernel("add"), x, threads: 64).Fault;
        Assert.Equal(FaultKind.Uninitialized, fault?.Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(67)]
    public void BytesThatTheHostCopiedCountAsWritten(int bytes)
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { KeepGoing = true });
        EmulatedModule module = device.Load(Gpu.Module(("sum", """
            cvt.u64.u32 %rd4, %r1; add.s64 %rd5, %rd1, %rd4; ld.global.u8 %r5, [%rd5]; st.global.u8 [%rd5], %r5; setp.eq.u32 %p1, %r5, 3;
            @!%p1 trap;
            """)));
        ulong x = device.Allocate(100);
        device.CopyIn(Enumerable.Repeat((byte)3, bytes).ToArray(), x + 7);
        Gpu.Run(device, module.Kernel("sum"), x + 7, threads: bytes);
        Gpu.Run(device, module.Kernel("sum"), x + 7, threads: bytes);
        Assert.Equal(FaultKind.Uninitialized, Gpu.Launch(device, module.Kernel("sum"), x + 6).Fault?.Kind);
        Assert.Equal(FaultKind.Uninitialized, Gpu.Launch(device, module.Kernel("sum"), x + 7, threads: bytes + 1).Fault?.Kind);
        Assert.Throws<EmulatedDeviceException>(() => device.CopyOut(x + 7, new byte[bytes + 1]));
        device.CopyOut(x + 7, new byte[bytes]);
    }

    /// <summary>A copy within the device carries the marks along, wherever they stand in their words.</summary>
    [Theory]
    [InlineData(0, 0, 128)]
    [InlineData(3, 70, 65)]
    [InlineData(5, 4, 130)]
    [InlineData(64, 1, 200)]
    public void ACopyCarriesUnwrittenBytesAlong(int source, int target, int bytes)
    {
        using var device = new EmulatedDevice();
        ulong x = device.Allocate(400), y = device.Allocate(400);
        for (int i = 0; i < 400; i += 3)
            device.CopyIn([(byte)i], x + (ulong)i);
        device.Fill(y, 1, 400);
        device.Copy(x + (ulong)source, y + (ulong)target, bytes);
        for (int i = 0; i < 400; i++)
        {
            int from = i - target + source;
            bool isWritten = i < target || i >= target + bytes || from % 3 == 0;
            byte[] one = [0];
            if (!isWritten)
            {
                Assert.Throws<EmulatedDeviceException>(() => device.CopyOut(y + (ulong)i, one));
                continue;
            }
            device.CopyOut(y + (ulong)i, one);
            Assert.Equal(i < target || i >= target + bytes ? 1 : (byte)from, one[0]);
        }
    }

    [Fact]
    public void GlobalVariablesLast()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Module(".global .align 4 .u32 count = 40;",
            ("up", "ld.global.u32 %r5, [count]; add.u32 %r5, %r5, 1; st.global.u32 [count], %r5;")));
        Gpu.Run(device, module.Kernel("up"), 0, threads: 1);
        Gpu.Run(device, module.Kernel("up"), 0, threads: 1);
        (ulong address, long bytes) = module.Global("count");
        Assert.Equal(4, bytes);
        Assert.Equal([42u], Gpu.Words(device, address, 1));
        Gpu.CopyIn(device, [99], address);
        Gpu.Run(device, module.Kernel("up"), 0, threads: 1);
        Assert.Equal([100u], Gpu.Words(device, address, 1));
    }

    [Fact]
    public void ModulesHaveVariablesOfTheirOwn()
    {
        using var device = new EmulatedDevice();
        string text = Gpu.Module(".global .align 4 .u32 count = 1;",
            ("up", "ld.global.u32 %r5, [count]; add.u32 %r5, %r5, 1; st.global.u32 [count], %r5;"));
        EmulatedModule one = device.Load(text), other = device.Load(text);
        Gpu.Run(device, one.Kernel("up"), 0, threads: 1);
        Assert.Equal([2u], Gpu.Words(device, one.Global("count").Address, 1));
        Assert.Equal([1u], Gpu.Words(device, other.Global("count").Address, 1));
    }

    [Fact]
    public void WhatIsFreedIsFoundOut()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { KeepGoing = true });
        EmulatedModule module = device.Load(Gpu.Simple);
        ulong x = device.Allocate(4 * 32);
        Gpu.Run(device, module.Kernel("set"), x);
        device.Free(x);
        ulong y = device.Allocate(4 * 32);
        Assert.NotEqual(x, y);
        Assert.Equal(FaultKind.UseAfterFree, Gpu.Launch(device, module.Kernel("add"), x).Fault?.Kind);
        Assert.Equal(FaultKind.UseAfterFree, Assert.Throws<EmulatedDeviceException>(() => device.Fill(x, 0, 4)).Fault?.Kind);
        Assert.Equal(FaultKind.FreedTwice, Assert.Throws<EmulatedDeviceException>(() => device.Free(x)).Fault?.Kind);
        Assert.Equal(FaultKind.Invalid, Assert.Throws<EmulatedDeviceException>(() => device.Free(y + 4)).Fault?.Kind);
        device.Free(0);
    }

    [Fact]
    public void ARaceWithinALaunchIsStillFound()
    {
        using var device = new EmulatedDevice();
        EmulatedKernel race = device.Load(Gpu.Simple).Kernel("race");
        ulong x = device.Allocate(4);
        Assert.Equal(FaultKind.Race, Gpu.Launch(device, race, x, threads: 64).Fault?.Kind);
    }

    /// <summary>Of 2 GB only a few pages take memory of the host, and offsets have 64 bits.</summary>
    [Fact]
    public void LargeAllocationsCostWhatIsWritten()
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Simple);
        const long Size = 20L << 30;
        ulong x = device.Allocate(Size);
        Gpu.Run(device, module.Kernel("set"), x + (ulong)Size - 128);
        Assert.Equal(Enumerable.Repeat(7u, 32), Gpu.Words(device, x + (ulong)Size - 128, 32));
        Assert.Equal(Size, device.LiveBytes);
    }

    /// <summary>A block of malloc lasts until a kernel frees it, maybe in a later launch.</summary>
    [Fact]
    public void BlocksOfTheHeapLast()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { KeepGoing = true });
        EmulatedModule module = device.Load(Gpu.Module(Driver.DriverKernel.Declarations,
            ("make", Driver.DriverKernel.Malloc("8") + "st.u32 [%rd10], 5; st.global.u64 [%rd1], %rd10;"),
            ("use", "ld.global.u64 %rd10, [%rd1]; ld.u32 %r5, [%rd10]; st.global.u32 [%rd1+8], %r5;"),
            ("beyond", "ld.global.u64 %rd10, [%rd1]; ld.u32 %r5, [%rd10+4]; st.global.u32 [%rd1+8], %r5;"),
            ("end", "ld.global.u64 %rd10, [%rd1];" + Driver.DriverKernel.Free("%rd10"))));
        ulong x = device.Allocate(16);
        Gpu.Run(device, module.Kernel("make"), x, threads: 1);
        Gpu.Run(device, module.Kernel("use"), x, threads: 1);
        Assert.Equal([5u], Gpu.Words(device, x + 8, 1));
        Assert.Equal(FaultKind.Uninitialized, Gpu.Launch(device, module.Kernel("beyond"), x, threads: 1).Fault?.Kind);
        Gpu.Run(device, module.Kernel("end"), x, threads: 1);
        Assert.Equal(FaultKind.UseAfterFree, Gpu.Launch(device, module.Kernel("use"), x, threads: 1).Fault?.Kind);
        Assert.NotNull(Gpu.Launch(device, module.Kernel("end"), x, threads: 1).Fault);
    }

    /// <summary>Strong writes of one launch are no older values of the next.</summary>
    [Fact]
    public void ALaunchSeesAllOfTheLaunchBefore()
    {
        using var device = new EmulatedDevice(new EmulatedDeviceOptions { Timing = AsyncTiming.Late });
        EmulatedModule module = device.Load(Gpu.Module(
            ("up", "ld.volatile.global.u32 %r5, [%rd2]; add.u32 %r5, %r5, 1; st.volatile.global.u32 [%rd2], %r5;"),
            ("count", "atom.global.add.u32 %r5, [%rd1], 1;")));
        ulong x = device.Allocate(128);
        device.Fill(x, 0, 128);
        for (int i = 0; i < 10; i++)
            Gpu.Run(device, module.Kernel("up"), x, blocks: 2, threads: 16);
        Gpu.Run(device, module.Kernel("count"), x, blocks: 5);
        Assert.Equal(Enumerable.Repeat(10u, 31).Prepend(170u), Gpu.Words(device, x, 32));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBits()
    {
        Assert.Equal(Race(3), Race(3));

        static uint[] Race(int seed)
        {
            using var device = new EmulatedDevice(new EmulatedDeviceOptions { Seed = seed });
            EmulatedModule module = device.Load(Gpu.Module(("order", "atom.global.add.u32 %r5, [%rd1], 1; st.global.u32 [%rd2+4], %r5;")));
            ulong x = device.Allocate(4 * 513);
            device.Fill(x, 0, 4);
            Gpu.Run(device, module.Kernel("order"), x, blocks: 16);
            Gpu.Run(device, module.Kernel("order"), x, blocks: 16);
            return Gpu.Words(device, x, 513);
        }
    }
}
