namespace CogVideoX.Emulator.Tests;

/// <summary>Launches that a device would refuse, and those that never end.</summary>
public class LimitTests
{
    private static Fault? Launch(
        string body, int dynamicBytes = 0, string target = "sm_80", string variables = "", int threads = 32, int blocks = 1,
        LaunchOptions? options = null)
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[256], ["y"] = new byte[256] };
        var request = new LaunchRequest("k", new Dim3(blocks), new Dim3(threads), dynamicBytes,
            [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("y")], buffers);
        return PtxEmulator.Run(Kernel.Module(body, target, variables), request, options).Fault;
    }

    [Theory]
    [InlineData("sm_80", 163)]
    [InlineData("sm_86", 99)]
    [InlineData("sm_89", 99)]
    [InlineData("sm_90", 227)]
    [InlineData("sm_90a", 227)]
    public void DynamicSharedMemoryCountsWhetherOrNotTheKernelNamesIt(string target, int kilobytes)
    {
        const string Array = ".extern .shared .align 16 .b8 d[];", FixedBytes = ".shared .align 16 .b8 s[1024];";
        int most = kilobytes << 10;
        Assert.Null(Launch("", most, target));
        Assert.Null(Launch("st.shared.u32 [d], 1;", most, target, Array, threads: 1));
        Assert.Null(Launch("st.shared.u32 [s], 1;", most - 1024, target, FixedBytes, threads: 1));
        Assert.Equal(FaultKind.Limit, Launch("", most + 1, target)?.Kind);
        Assert.Equal(FaultKind.Limit, Launch("st.shared.u32 [d], 1;", most + 1, target, Array, threads: 1)?.Kind);
        Assert.Equal(FaultKind.Limit, Launch("st.shared.u32 [s], 1;", most - 1023, target, FixedBytes, threads: 1)?.Kind);
        Fault? fault = Launch("st.shared.u32 [d], 1;", int.MaxValue, target, Array);
        Assert.Equal(FaultKind.Limit, fault?.Kind);
        Assert.Contains($"a CTA may have {most}", fault!.Message);
    }

    [Theory]
    [InlineData(1, int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(1, 1, 70_000, 1)]
    [InlineData(0, 1, 1, 1)]
    [InlineData(2000, 1, 1, 1)]
    public void SizesThatNoDeviceHasAreLimits(int threads, int x, int y, int z)
    {
        var request = new LaunchRequest(
            "k", new Dim3(x, y, z), new Dim3(threads), 0, [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("x")],
            new Dictionary<string, byte[]> { ["x"] = new byte[16] });
        Assert.Equal(FaultKind.Limit, PtxEmulator.Run(Kernel.Module(""), request).Fault?.Kind);
        Assert.Equal(
            FaultKind.Limit,
            PtxEmulator.Run(Kernel.Module(""), request with { Grid = new Dim3(1), Block = new Dim3(65536, 65536, 64) }).Fault?.Kind);
    }

    /// <summary>16 blocks at once would take 2 GiB.</summary>
    [Fact]
    public void BlocksTakeTurnsWhereTheirLocalMemoryHasNoRoomTogether()
    {
        const string Body = ".local .align 4 .b8 l[500000]; L: st.local.u32 [l+499996], %r1; bra L;";
        Fault? fault = Launch(Body, threads: 128, blocks: 16, options: new LaunchOptions { MaxLaunchInstructions = 20_000 });
        Assert.Contains("blocks that haven't started: 8", fault?.Message);
        Assert.Throws<PtxException>(() => Launch(".local .align 4 .b8 l[600000]; st.local.u32 [l], %r1;"));
    }

    [Fact]
    public void ASpinningThreadIsNamedWithItsLoop()
    {
        Fault? fault = Launch("""
            setp.lt.u32 %p1, %r1, 40;
            @%p1 bra END;
            WAIT:
            ld.volatile.global.u32 %r4, [%rd1];
            setp.eq.u32 %p2, %r4, 0;
            @%p2 bra WAIT;
            END:
            """, threads: 64, options: new LaunchOptions { MaxThreadInstructions = 5000 });
        Assert.Equal(FaultKind.EndlessLoop, fault?.Kind);
        Assert.Contains("more than 5000 instructions of a thread", fault!.Message);
        Assert.Contains("block (0,0,0), threads 40 to 63 of 64, in the loop of PTX lines 14 to 16", fault.Message);
        Assert.Equal(new Dim3(40, 0, 0), fault.Thread);
        Assert.InRange(fault.Line, 14, 16);
    }

    [Fact]
    public void ALaunchThatIsTooLongSaysWhereItsThreadsAre()
    {
        Fault? fault = Launch("L: add.u32 %r1, %r1, 1; bra L;", blocks: 20, options: new LaunchOptions { MaxLaunchInstructions = 10_000 });
        Assert.Equal(FaultKind.EndlessLoop, fault?.Kind);
        Assert.Contains("more than 10000 warp instructions of the launch: 512 threads in the loop of PTX line 11", fault!.Message);
        Assert.Contains("blocks that haven't started: 4", fault.Message);
    }

    /// <summary>Instructions are counted by the thread: what a warp's other lanes ran meanwhile isn't its own.</summary>
    [Fact]
    public void TheCountOfAThreadGoesOnThroughBranchesAndCalls()
    {
        string body = string.Concat(Enumerable.Range(0, 32).Select(i => $"""
            setp.ne.u32 %p1, %r1, {i};
            @%p1 bra N{i};
            mov.u32 %r2, 20;
            L{i}: sub.u32 %r2, %r2, 1; setp.ne.u32 %p2, %r2, 0; @%p2 bra L{i};
            N{i}:

            """));
        // 63 of its own loop, 2 or 3 of the others'
        Assert.Null(Launch(body, options: new LaunchOptions { MaxThreadInstructions = 500 }));
        Assert.Equal(FaultKind.EndlessLoop, Launch(body, options: new LaunchOptions { MaxThreadInstructions = 60 })?.Kind);
    }

    [Fact]
    public void ACancelledLaunchEnds() => Assert.Throws<OperationCanceledException>(() =>
        Launch("L: add.u32 %r1, %r1, 1; bra L;", options: new LaunchOptions { Cancellation = new CancellationToken(canceled: true) }));

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void OptionsOfNothingAreRefused(long thread, long launch, int turn, int resident) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Launch("", options: new LaunchOptions
        {
            MaxThreadInstructions = thread,
            MaxLaunchInstructions = launch,
            Turn = turn,
            ResidentCtas = resident,
        }));
}
