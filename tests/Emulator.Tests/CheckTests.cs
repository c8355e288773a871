namespace CogVideoX.Emulator.Tests;

/// <summary>One small kernel for each thing that the emulator must find, and its sound twin.</summary>
public class CheckTests
{
    private const string Mine = """
        mov.u32 %r2, %ctaid.x;
        mul.wide.u32 %rd3, %r1, 4;
        add.s64 %rd4, %rd1, %rd3;
        add.s64 %rd5, %rd2, %rd3;

        """;

    private static void Expect(
        FaultKind? kind, string body, int threads = 32, int blocks = 1, string target = "sm_90a", string variables = "")
    {
        for (int seed = 0; seed < 4; seed++)
        {
            Fault? fault = Kernel.Run(Mine + body, new byte[4096], 4096, threads, blocks,
                new LaunchOptions { Seed = seed, MaxLaunchInstructions = 100_000, Turn = 7 }, target, variables).Fault;
            Assert.True(fault?.Kind == kind, $"expected {kind?.ToString() ?? "no fault"}, found {fault?.ToString() ?? "none"}");
            if (kind is not (null or FaultKind.Limit))
                Assert.True(fault!.Line > 0 || kind == FaultKind.EndlessLoop, fault.ToString());
        }
    }

    [Fact]
    public void CtasRaceOnGlobalMemory() => Expect(FaultKind.Race, "st.global.u32 [%rd2], %r2;", threads: 1, blocks: 2);

    [Fact]
    public void LanesRaceWithoutWarpSync()
    {
        string body = "st.shared.u32 [%r10], %r1; {0} ld.shared.u32 %r4, [%r11]; st.global.u32 [%rd5], %r4;";
        string address = "shl.b32 %r9, %r1, 2; mov.u32 %r12, s; add.u32 %r10, %r12, %r9; xor.b32 %r13, %r9, 4; add.u32 %r11, %r12, %r13;";
        const string Shared = ".shared .align 4 .b8 s[128];";
        Expect(FaultKind.Race, address + body.Replace("{0}", ""), variables: Shared);
        Expect(null, address + body.Replace("{0}", "bar.warp.sync 0xffffffff;"), variables: Shared);
    }

    [Theory]
    [InlineData("fence.acq_rel.gpu;", "fence.acq_rel.gpu;", "gpu", null)]
    [InlineData("", "fence.acq_rel.gpu;", "gpu", FaultKind.Race)]
    [InlineData("fence.acq_rel.gpu;", "", "gpu", FaultKind.Race)]
    [InlineData("fence.acq_rel.gpu;", "fence.acq_rel.gpu;", "cta", FaultKind.Race)]
    [InlineData("fence.acq_rel.cta;", "fence.acq_rel.gpu;", "gpu", FaultKind.Race)]
    [InlineData("fence.acq_rel.gpu;", "membar.cta;", "gpu", FaultKind.Race)]
    [InlineData("fence.acq_rel.gpu; fence.acq_rel.cta;", "membar.sys;", "gpu", null)]
    public void FencesPassDataBetweenCtas(string release, string acquire, string scope, FaultKind? kind) => Expect(kind, $"""
        setp.ne.u32 %p1, %r2, 0;
        @%p1 bra READER;
        st.global.u32 [%rd2], 7;
        {release}
        st.relaxed.{scope}.global.u32 [%rd2+128], 1;
        ret;
        READER:
        ld.relaxed.{scope}.global.u32 %r4, [%rd2+128];
        setp.eq.u32 %p2, %r4, 0;
        @%p2 bra READER;
        {acquire}
        ld.global.u32 %r5, [%rd2];
        """, threads: 1, blocks: 2);

    [Theory]
    [InlineData("gpu", null)]
    [InlineData("cta", FaultKind.Race)]
    public void AtomicsNeedAScopeThatHoldsBoth(string scope, FaultKind? kind) =>
        Expect(kind, $"red.relaxed.{scope}.global.add.u32 [%rd2], 1;", threads: 64, blocks: 3);

    [Fact]
    public void LocalMemoryEnds() => Expect(FaultKind.OutOfBounds, ".local .align 4 .b8 l[8]; st.local.u32 [l+8], 1;");

    [Fact]
    public void LoopsEnd() => Expect(FaultKind.EndlessLoop, "L: add.u32 %r1, %r1, 1; bra L;");

    [Fact]
    public void ABarrierNeedsAllItsThreads() =>
        Expect(FaultKind.Deadlock, "setp.lt.u32 %p1, %r1, 32; @%p1 bra E; barrier.cta.sync 1, 64; E: barrier.cta.sync 2, 64;", threads: 64);

    [Fact]
    public void ABarrierCountsOneNumber() => Expect(FaultKind.Divergent,
        "setp.lt.u32 %p1, %r1, 32; @%p1 bra E; barrier.cta.sync 1, 64; ret; E: barrier.cta.sync 1, 96;", threads: 64);

    [Fact]
    public void ExitedThreadsAreNotWaitedFor() => Expect(null, "setp.lt.u32 %p1, %r1, 40; @%p1 exit; bar.sync 0;", threads: 64);

    [Fact]
    public void AShuffleWaitsForItsLanes() => Expect(FaultKind.Divergent,
        "setp.lt.u32 %p1, %r1, 8; @%p1 bra E; shfl.sync.idx.b32 %r5, %r1, 0, 31, -1; E: bar.warp.sync -1;");

    [Fact]
    public void LanesOfAWarpMakeProgressAlone() => Expect(null, """
        setp.eq.u32 %p1, %r1, 0;
        @%p1 bra GIVER;
        WAIT:
        ld.relaxed.cta.global.u32 %r4, [%rd2];
        setp.eq.u32 %p2, %r4, 0;
        @%p2 bra WAIT;
        bra END;
        GIVER:
        st.relaxed.cta.global.u32 [%rd2], 1;
        END:
        """);

    [Fact]
    public void ATrapEndsTheLaunch() => Expect(FaultKind.Trap, "trap;");

    [Fact]
    public void ABreakpointEndsTheLaunchToo() => Expect(FaultKind.Trap, "brkpt;");

    [Fact]
    public void ConstantsAreNotWritten() => Expect(FaultKind.Invalid,
        "cvta.const.u64 %rd9, c; st.u32 [%rd9], 1;", variables: ".const .align 4 .u32 c = 3;");

    [Fact]
    public void SharedMemoryHasALimit() => Expect(FaultKind.Limit, "st.shared.u32 [s], 1;", variables: ".shared .align 4 .b8 s[240000];");

    [Theory]
    [InlineData("bar.warp.sync -1;", "mov.u32 %r20, 1;", null)]
    [InlineData("", "mov.u32 %r20, 1;", FaultKind.Race)]
    public void AnElectedArriveSpeaksForItsLaneOnly(string sync, string count, FaultKind? kind) => Expect(kind, $"""
        mov.u32 %r21, bar;
        {count}
        shl.b32 %r9, %r1, 2;
        and.b32 %r9, %r9, 127;
        mov.u32 %r12, s;
        add.u32 %r10, %r12, %r9;
        setp.ne.u32 %p1, %r1, 0;
        @%p1 bra READY;
        mbarrier.init.shared::cta.b64 [%r21], %r20;
        READY:
        bar.sync 0;
        setp.ge.u32 %p2, %r1, 32;
        @%p2 bra WAIT;
        st.shared.u32 [%r10], %r1;
        {sync}
        @%p1 bra END;
        mbarrier.arrive.shared::cta.b64 _, [%r21];
        bra END;
        WAIT:
        mbarrier.try_wait.parity.shared::cta.b64 %p3, [%r21], 0;
        @!%p3 bra WAIT;
        ld.shared.u32 %r4, [%r10];
        END:
        """, threads: 64, variables: ".shared .align 4 .b8 s[128]; .shared .align 8 .b64 bar;");

    [Fact]
    public void ALiveBarrierIsNotInitialisedAgain() => Expect(FaultKind.Invalid,
        "mbarrier.init.shared.b64 [bar], 1; mbarrier.init.shared.b64 [bar], 1;", threads: 1, variables: ".shared .align 8 .b64 bar;");

    [Fact]
    public void ALiveBarrierIsNotOverwritten() => Expect(FaultKind.Invalid,
        "mbarrier.init.shared.b64 [bar], 1; st.shared.u32 [bar], 0;", threads: 1, variables: ".shared .align 8 .b64 bar;");

    [Fact]
    public void AnInvalidatedBarrierIsMemoryAgain() => Expect(null,
        "mbarrier.init.shared.b64 [bar], 1; mbarrier.inval.shared.b64 [bar]; st.shared.u32 [bar], 0;",
        threads: 1, variables: ".shared .align 8 .b64 bar;");

    [Fact]
    public void ABulkStoreIsWaitedFor() => Expect(FaultKind.Asynchronous, """
        st.shared.v4.u32 [s], {%r1, %r1, %r1, %r1};
        fence.proxy.async.shared::cta;
        cp.async.bulk.global.shared::cta.bulk_group [%rd2], [s], 16;
        cp.async.bulk.commit_group;
        """, threads: 1, variables: ".shared .align 16 .b8 s[16];");

    /// <summary>Whatever reads or writes there.</summary>
    [Theory]
    [InlineData("cp.async.ca.shared.global [s], [%rd1+2], 4;", "x", "4-byte cp.async of global memory")]
    [InlineData("cp.async.ca.shared.global [s+4], [%rd1], 8;", "s", "8-byte cp.async of shared memory")]
    [InlineData(
        "cp.async.bulk.global.shared::cta.bulk_group [%rd2+8], [s], 16;", "y",
        "a bulk copy of 16 bytes, whose size and addresses must be multiples of 16, of global memory")]
    [InlineData("cp.async.bulk.global.shared::cta.bulk_group [%rd2], [s+8], 16;", "s",
        "a bulk copy, which needs 16 bytes, of shared memory")]
    [InlineData("mbarrier.init.shared.b64 [s+4], 1;", "s", "an mbarrier needs 8 bytes")]
    [InlineData(
        "mov.u32 %r9, s; add.u32 %r9, %r9, 8; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r10}, [%r9];", "s",
        "a row of ldmatrix, which needs 16 bytes, of shared memory")]
    [InlineData("ld.global.v2.u32 {%r9, %r10}, [%rd1+4];", "x", "8-byte access of global memory")]
    public void AMisalignedAccessNamesItsAllocation(string body, string allocation, string says)
    {
        Fault? fault = Kernel.Run(body, new byte[4096], 4096, target: "sm_90a", variables: ".shared .align 128 .b8 s[1024];").Fault;
        Assert.Equal((FaultKind.Misaligned, allocation, says), (fault?.Kind, fault?.Allocation, fault?.Message));
    }
}
