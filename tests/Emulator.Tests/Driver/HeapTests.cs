namespace CogVideoX.Emulator.Tests.Driver;

/// <summary>malloc and free of kernels.</summary>
public class HeapTests
{
    [Fact]
    public void ABlockIsMemoryOfItsOwn()
    {
        LaunchReport report = DriverKernel.Launch(DriverKernel.Malloc("40") + """
            st.global.u32 [%rd10+36], %r1;
            ld.u32 %r5, [%rd10+36];
            and.b64 %rd11, %rd10, 15;
            setp.ne.u64 %p1, %rd11, 0;
            @%p1 trap;
            """ + DriverKernel.Free("%rd10"), threads: 32);
        Assert.Null(report.Fault);
    }

    [Theory]
    [InlineData("st.global.u32 [%rd10+40], %r1;", FaultKind.OutOfBounds)]
    [InlineData("ld.global.u32 %r5, [%rd10]; st.global.u32 [%rd2], %r5;", FaultKind.Uninitialized)]
    [InlineData("ld.global.u32 %r5, [%rd10+2];", FaultKind.Misaligned)]
    public void ABlockIsCheckedAsABufferIs(string access, FaultKind kind)
    {
        Fault fault = DriverKernel.Fault(DriverKernel.Malloc("40") + access);
        Assert.Equal(kind, fault.Kind);
        Assert.StartsWith("malloc at line ", fault.Allocation);
    }

    [Theory]
    [InlineData("ld.global.u32 %r5, [%rd10];")]
    [InlineData("st.global.u8 [%rd10+39], %r1;")]
    [InlineData("atom.global.add.u32 %r5, [%rd10], 1;")]
    [InlineData("st.volatile.u32 [%rd10], 1;")]
    public void AnAccessAfterFreeIsNamedWithBothPlaces(string access)
    {
        Fault fault = DriverKernel.Fault(DriverKernel.Malloc("40") + "st.u32 [%rd10], 1;" + DriverKernel.Free("%rd10") + access);
        Assert.Equal(FaultKind.UseAfterFree, fault.Kind);
        Assert.Matches("of a block of 40 that was freed at line [0-9]+ by block \\(0,0,0\\), thread \\(0,0,0\\)", fault.Message);
        Assert.StartsWith("malloc at line ", fault.Allocation);
    }

    /// <summary>The addresses of a freed block are never another's, so that its old pointers are found out.</summary>
    [Fact]
    public void AWholeWarpFindsAFreedBlock() => Assert.Equal(FaultKind.UseAfterFree, DriverKernel.Fault(
        "setp.ne.u32 %p1, %r1, 0; @%p1 bra J;"
            + DriverKernel.Malloc("128") + DriverKernel.Free("%rd10") + DriverKernel.Malloc("128", "%rd12") + """
        st.global.u64 [%rd1], %rd10;
        J:
        bar.sync 0;
        ld.global.u64 %rd10, [%rd1];
        mad.wide.u32 %rd11, %r1, 4, %rd10;
        st.global.u32 [%rd11], %r1;
        """, threads: 32).Kind);

    [Fact]
    public void ABlockIsFreedOnce()
    {
        Fault fault = DriverKernel.Fault(DriverKernel.Malloc("40") + DriverKernel.Free("%rd10") + DriverKernel.Free("%rd10"));
        Assert.Equal(FaultKind.FreedTwice, fault.Kind);
        Assert.Contains("the block was freed at line ", fault.Message);
    }

    [Theory]
    [InlineData("%rd1", "x")]
    [InlineData("%rd11", "malloc at line")]
    [InlineData("8", "")]
    public void OnlyWhatMallocReturnedIsFreed(string pointer, string allocation)
    {
        Fault fault = DriverKernel.Fault(DriverKernel.Malloc("40") + "add.u64 %rd11, %rd10, 16;" + DriverKernel.Free(pointer));
        Assert.Equal(FaultKind.Invalid, fault.Kind);
        Assert.Contains("malloc didn't return", fault.Message);
        Assert.StartsWith(allocation, fault.Allocation ?? "");
    }

    [Fact]
    public void NullIsFreedInPeace() => Assert.Null(DriverKernel.Launch(DriverKernel.Free("0")).Fault);

    [Theory]
    [InlineData("8388608", 1, true)]
    [InlineData("8388609", 1, false)]
    [InlineData("-1", 1, false)]
    [InlineData("4194304", 2, true)]
    [InlineData("4194304", 3, false)]
    [InlineData("4194305", 2, false)]
    public void BeyondTheHeapThereIsNull(string bytes, int blocks, bool fits)
    {
        string body = "mov.u32 %r5, 0; L:" + DriverKernel.Malloc(bytes) + $"""
            add.u32 %r5, %r5, 1;
            setp.lt.u32 %p1, %r5, {blocks};
            @%p1 bra L;
            setp.{(fits ? "eq" : "ne")}.u64 %p2, %rd10, 0;
            @%p2 trap;
            """;
        Assert.Null(DriverKernel.Launch(body).Fault);
    }

    [Fact]
    public void RoomComesBackWithFree() => Assert.Null(DriverKernel.Launch("mov.u32 %r5, 0; L:" + DriverKernel.Malloc("8000000") + """
        setp.eq.u64 %p2, %rd10, 0;
        @%p2 trap;
        st.global.u32 [%rd10], 1;
        """ + DriverKernel.Free("%rd10") + "add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 4; @%p1 bra L;").Fault);

    /// <summary>Freed blocks are watched, and that takes memory of the host.</summary>
    [Fact]
    public void MallocInAnEndlessLoopEndsAtALimit() => Assert.Equal(FaultKind.Limit, DriverKernel.Fault(
        "L:" + DriverKernel.Malloc("8000000") + DriverKernel.Free("%rd10") + "bra L;").Kind);

    [Theory]
    [InlineData("bar.sync 0;", null)]
    [InlineData("", FaultKind.Race)]
    public void FreeComesAfterEverybodysAccesses(string barrier, FaultKind? kind)
    {
        string body = "setp.ne.u32 %p1, %r1, 0; @%p1 bra J;" + DriverKernel.Malloc("256") + """
            st.global.u64 [%rd1], %rd10;
            J:
            bar.sync 0;
            ld.global.u64 %rd10, [%rd1];
            mad.wide.u32 %rd11, %r1, 4, %rd10;
            st.global.u32 [%rd11], %r1;
            """ + barrier + "@%p1 bra END;" + DriverKernel.Free("%rd10") + "END:";
        for (int seed = 0; seed < 4; seed++)
        {
            Fault? fault = DriverKernel.Launch(body, threads: 64, options: new LaunchOptions { Seed = seed }).Fault;
            if (kind is null)
                Assert.Null(fault);
            else
                Assert.True(fault?.Kind is FaultKind.Race or FaultKind.UseAfterFree, fault?.ToString());
        }
    }
}
