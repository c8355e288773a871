namespace CogVideoX.Emulator.Tests;

/// <summary>Every thread makes progress (PTX ISA 3.1), and CTAs that wait for each other are all there or said to be missing.</summary>
public class ProgressTests
{
    private static readonly LaunchOptions[] Ways =
        [
            .. Enumerable.Range(0, 6)
                .Select(i => new LaunchOptions { Seed = i, Timing = (AsyncTiming)(i % 3), MaxLaunchInstructions = 2_000_000 })];

    /// <summary>A lane takes the lock and comes to where it meets the others, who wait for the lock.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    [InlineData(96)]
    public void ASpinLockIsHandedOnWithinAWarp(int threads)
    {
        const string Body = """
            L: atom.acquire.gpu.global.cas.b32 %r5, [%rd2], 0, 1;
            setp.ne.u32 %p1, %r5, 0; @%p1 bra L;
            ld.global.u32 %r6, [%rd2+4]; add.u32 %r6, %r6, 1; st.global.u32 [%rd2+4], %r6;
            atom.release.gpu.global.exch.b32 %r7, [%rd2], 0;
            """;
        foreach (LaunchOptions way in Ways)
        {
            (Fault? fault, byte[] y) = Kernel.Run(Body, new byte[16], 16, threads, options: way);
            Assert.Null(fault?.ToString());
            Assert.Equal(threads, BitConverter.ToInt32(y, 4));
        }
    }

    /// <summary>One lane waits for a flag that another sets only after the place where they would meet.</summary>
    [Theory]
    [InlineData("ld.acquire.gpu.global.u32 %r5, [%rd2];")]
    [InlineData("ld.volatile.global.u32 %r5, [%rd2];")]
    public void AWaitingLaneIsServedByTheOthers(string poll)
    {
        string body = $"""
            setp.ne.u32 %p1, %r1, 0; @%p1 bra SERVE;
            L: {poll} setp.eq.u32 %p2, %r5, 0; @%p2 bra L;
            SERVE: st.release.gpu.global.u32 [%rd2], 1;
            """;
        foreach (LaunchOptions way in Ways)
            Assert.Null(Kernel.Run(body, new byte[16], 16, 32, options: way).Fault?.ToString());
    }

    /// <summary>Lanes that went on alone still make one warp at a barrier.</summary>
    [Fact]
    public void LanesThatWentOnAloneMeetAtABarrier()
    {
        const string Body = """
            .shared .align 4 .b8 s[256];
            L: atom.acquire.gpu.global.cas.b32 %r5, [%rd2], 0, 1; setp.ne.u32 %p1, %r5, 0; @%p1 bra L;
            atom.release.gpu.global.exch.b32 %r7, [%rd2], 0;
            shl.b32 %r8, %r1, 2; mov.u32 %r9, s; add.u32 %r9, %r9, %r8; st.shared.u32 [%r9], %r1;
            bar.sync 0;
            xor.b32 %r8, %r8, 252; mov.u32 %r9, s; add.u32 %r9, %r9, %r8; ld.shared.u32 %r10, [%r9];
            mul.wide.u32 %rd4, %r1, 4; add.s64 %rd4, %rd2, %rd4; st.global.u32 [%rd4+64], %r10;
            """;
        foreach (LaunchOptions way in Ways)
        {
            (Fault? fault, byte[] y) = Kernel.Run(Body, new byte[16], 64 + 256, 64, options: way);
            Assert.Null(fault?.ToString());
            Assert.Equal(63, BitConverter.ToInt32(y, 64));
        }
    }

    /// <summary>Others wait for its end, and the barrier behind it is reached once.</summary>
    [Fact]
    public void ALongLoopOfOneLaneIsNotTakenForPolling()
    {
        const string Body = """
            mov.u32 %r5, 0; setp.ne.u32 %p1, %r1, 0; @%p1 bra DONE;
            L: add.u32 %r5, %r5, 1; setp.lt.u32 %p2, %r5, 20000; @%p2 bra L;
            DONE: bar.sync 0;
            """;
        (LaunchReport report, _) = Kernel.Launch(Kernel.Module(Body), new byte[16], 16, 32, 1);
        Assert.Null(report.Fault);
        Assert.Equal(1, report.Counters.ByClass[InstructionClass.Barrier]);
    }

    private const string GridBarrier = """
        atom.add.release.gpu.global.u32 %r5, [%rd2], 1;
        L: ld.acquire.gpu.global.u32 %r6, [%rd2]; mov.u32 %r7, %nctaid.x; setp.lt.u32 %p1, %r6, %r7; @%p1 bra L;
        """;

    [Theory]
    [InlineData(17, false)]
    [InlineData(132, false)]
    [InlineData(132, true)]
    [InlineData(300, true)]
    public void AGridOfResidentCtasMayWaitForAllOfItself(int ctas, bool cooperative)
    {
        LaunchReport report = Grid(ctas, cooperative);
        Assert.Null(report.Fault?.ToString());
    }

    [Fact]
    public void AGridOfMoreCtasThanRunAtOnceIsToldSo()
    {
        Fault fault = Assert.IsType<Fault>(Grid(300, cooperative: false).Fault);
        Assert.Equal(FaultKind.EndlessLoop, fault.Kind);
        Assert.Contains("haven't started: 168", fault.Message, StringComparison.Ordinal);
        Assert.Contains("cooperative", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACooperativeLaunchMustFitTheDevice()
    {
        Fault fault = Assert.IsType<Fault>(Grid(132 * 32 + 1, cooperative: true).Fault);
        Assert.Equal(FaultKind.Limit, fault.Kind);
        Assert.Contains("4224", fault.Message, StringComparison.Ordinal);
    }

    private static LaunchReport Grid(int ctas, bool cooperative)
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[16], ["y"] = new byte[16] };
        var request = new LaunchRequest(
            "k", new Dim3(ctas), new Dim3(1), 0, [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("y")], buffers)
        {
            Cooperative = cooperative,
        };
        return PtxEmulator.Run(Kernel.Module(GridBarrier), request, new LaunchOptions { MaxLaunchInstructions = 2_000_000 });
    }
}
