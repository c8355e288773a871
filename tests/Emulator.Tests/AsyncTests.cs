using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests;

/// <summary>Arrivals of cp.async, states of mbarriers, copies between shared memories, reductions and prefetches.</summary>
public class AsyncTests
{
    private const string Before = """
        .global .align 128 .b32 t[32] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
        .shared .align 128 .b8 s[128];
        .shared .align 128 .b8 u[128];
        .shared .align 8 .b64 bar;
        """;

    /// <summary>Each lane's place in t, s and o; lane 0 makes the mbarrier.</summary>
    private const string Places = """
        mov.u32 %r1, %tid.x;
        mul.wide.u32 %rd2, %r1, 4;
        mov.u64 %rd3, t;
        add.s64 %rd3, %rd3, %rd2;
        add.s64 %rd4, %rd1, %rd2;
        cvt.u32.u64 %r2, %rd2;
        mov.u32 %r3, s;
        add.u32 %r3, %r3, %r2;
        xor.b32 %r4, %r2, 124;
        mov.u32 %r6, s;
        add.u32 %r4, %r4, %r6;
        setp.eq.u32 %p1, %r1, 0;
        @%p1 mbarrier.init.shared.b64 [bar], 32;
        @%p1 fence.mbarrier_init.release.cluster;
        bar.warp.sync -1;
        """;

    private const string Wait = "WAIT: mbarrier.try_wait.parity.shared::cta.b64 %p2, [bar], 0; @!%p2 bra WAIT;";

    private const string Keep = "ld.shared.u32 %r5, [%r4]; st.global.u32 [%rd4], %r5;";

    [Theory]
    [InlineData("cp.async.mbarrier.arrive.noinc.shared.b64 [bar];")]
    [InlineData("cp.async.mbarrier.arrive.shared.b64 [bar]; mbarrier.arrive.shared.b64 %rd9, [bar];")]
    [InlineData("mov.u64 %rd8, bar; cvta.shared.u64 %rd8, %rd8; cp.async.mbarrier.arrive.noinc.b64 [%rd8];")]
    public void CopiesArriveAtAnMbarrier(string arrive)
    {
        uint[] o = Small.Words($"{Places} cp.async.ca.shared.global [%r3], [%rd3], 4; {arrive} {Wait} {Keep}", Before, threads: 32);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(i ^ 31)), o[..32]);
    }

    [Theory]
    [InlineData("cp.async.mbarrier.arrive.noinc.shared.b64 [bar];", "", FaultKind.Asynchronous)]
    [InlineData("mbarrier.arrive.shared.b64 %rd9, [bar];", Wait, FaultKind.Asynchronous)]
    [InlineData("cp.async.mbarrier.arrive.shared.b64 [bar];", Wait, FaultKind.Deadlock)]
    public void DataOfCopiesIsWaitedFor(string arrive, string wait, FaultKind kind) =>
        Small.Faults(kind, "", $"{Places} cp.async.ca.shared.global [%r3], [%rd3], 4; {arrive} {wait} {Keep}", Before, threads: 32);

    [Fact]
    public void AStateTellsThePendingCount() => Assert.Equal([32u, 27], Small.Words(Places + """
        mbarrier.arrive.noComplete.shared.b64 %rd5, [bar], 5;
        mbarrier.pending_count.b64 %r5, %rd5;
        mbarrier.arrive.shared.b64 %rd6, [bar];
        mbarrier.pending_count.b64 %r6, %rd6;
        st.global.v2.u32 [%rd1], {%r5, %r6};
        """, Before)[..2]);

    [Fact]
    public void AnArrivalThatMayNotCompleteDoesNot() => Small.Faults(FaultKind.Invalid, ".noComplete",
        Places + "mbarrier.arrive.noComplete.shared.b64 %rd5, [bar], 32;", Before);

    private const string CopyInShared = """
        st.shared.u32 [%r3], %r1;
        {0}
        bar.warp.sync -1;
        @!%p1 bra END;
        mbarrier.inval.shared.b64 [bar];
        mbarrier.init.shared.b64 [bar], 1;
        fence.mbarrier_init.release.cluster;
        mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 128;
        cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [u], [s], 128, [bar];
        WAIT: mbarrier.try_wait.parity.shared::cta.b64 %p2, [bar], 0; @!%p2 bra WAIT;
        ld.shared.u32 %r5, [u+44];
        st.global.u32 [%rd1], %r5;
        END:
        """;

    [Fact]
    public void SharedMemoryIsCopiedToSharedMemory() =>
        Assert.Equal(11u, Small.Words(Places + CopyInShared.Replace("{0}", "fence.proxy.async.shared::cta;"), Before, threads: 32)[0]);

    [Fact]
    public void ACopyFromSharedMemoryNeedsItsFence() => Small.Faults(FaultKind.Proxy, "fence.proxy.async",
        Places + CopyInShared.Replace("{0}", ""), Before, threads: 32);

    private static byte[] Reduce(string operation, uint start, int blocks, string value = "%r1")
    {
        byte[] y = new byte[128];
        MemoryMarshal.Cast<byte, uint>(y.AsSpan()).Fill(start);
        PtxModule module = Kernel.Module($"""
            mov.u32 %r2, s; shl.b32 %r3, %r1, 2; add.u32 %r2, %r2, %r3;
            st.shared.u32 [%r2], {value};
            fence.proxy.async.shared::cta;
            bar.warp.sync -1;
            setp.ne.u32 %p1, %r1, 0;
            @%p1 bra END;
            cp.reduce.async.bulk.global.shared::cta.bulk_group.{operation} [%rd2], [s], 128;
            cp.async.bulk.commit_group;
            cp.async.bulk.wait_group 0;
            END:
            """, "sm_90a", ".shared .align 128 .b8 s[128];");
        var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[16], ["y"] = y };
        var request = new LaunchRequest("k", new Dim3(blocks), new Dim3(32), 0, [new LaunchArgument.Buffer("x"),
            new LaunchArgument.Buffer("y")], buffers);
        Fault? fault = PtxEmulator.Run(module, request).Fault;
        Assert.True(fault is null, fault?.ToString());
        return y;
    }

    [Fact]
    public void CtasReduceIntoGlobalMemory()
    {
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(1000 + 3 * i)), MemoryMarshal.Cast<byte, uint>(Reduce("add.u32", 1000,
            3)).ToArray());
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)Math.Max(i, 7)), MemoryMarshal.Cast<byte, uint>(Reduce("max.s32", 7,
            3)).ToArray());
        Assert.Equal(Enumerable.Repeat(0x40003c00u, 32), MemoryMarshal.Cast<byte, uint>(Reduce("add.noftz.f16", 0x3c003800, 1,
            "0x3C003800")).ToArray());
    }

    [Fact]
    public void ABoxIsReducedIntoATensor() => Assert.Equal([20u, 34], Small.Words(TensorMapTests.Made + """
        mov.u32 %r7, tile; add.u32 %r7, %r7, %r2;
        setp.lt.u32 %p3, %r1, 8;
        @%p3 add.u32 %r8, %r1, 10;
        @%p3 st.shared.u32 [%r7], %r8;
        fence.proxy.async.shared::cta;
        bar.warp.sync -1;
        @!%p1 bra END;
        cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile.bulk_group [%rd2, {2, 1}], [tile];
        cp.async.bulk.commit_group;
        cp.async.bulk.wait_group 0;
        ld.global.u32 %r5, [%rd3+40];
        ld.global.u32 %r6, [%rd3+76];
        st.global.v2.u32 [%rd1], {%r5, %r6};
        END:
        """, TensorMapTests.Variables, threads: 32)[..2]);

    private const string Remote = """
        @%p1 mbarrier.inval.shared.b64 [bar];
        @%p1 mbarrier.init.shared.b64 [bar], 1;
        st.shared.u32 [%r3], 100;
        bar.warp.sync -1;
        mov.u32 %r9, bar;
        @%p1 mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 128;
        bar.warp.sync -1;
        """;

    [Theory]
    [InlineData("st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.u32 [%r3], %r1, [%r9];", 0)]
    [InlineData("red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes.add.u32 [%r3], %r1, [%r9];", 100)]
    public void StoresThatAnMbarrierCounts(string line, uint more)
    {
        uint[] o = Small.Words($"{Places} {Remote} {line} {Wait} {Keep}", Before, threads: 32);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(i ^ 31) + more), o[..32]);
        Small.Faults(FaultKind.Asynchronous, "", $"{Places} {Remote} {line} {Keep}", Before, threads: 32);
    }

    [Fact]
    public void ManyReductionsToOnePlaceAreNoRace() => Assert.Equal(100u + 496, Small.Words($"{Places} {Remote}" + """
        mov.u32 %r3, s;
        red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes.add.u32 [%r3], %r1, [%r9];
        """ + Wait + "ld.shared.u32 %r5, [s]; @%p1 st.global.u32 [%rd1], %r5;", Before, threads: 32)[0]);

    [Theory]
    [InlineData("cp.async.bulk.prefetch.L2.global [%rd1], 4096;", null)]
    [InlineData("cp.async.bulk.prefetch.L2.global [%rd1+16], 4096;", FaultKind.OutOfBounds)]
    [InlineData("mov.u64 %rd2, t; cp.async.bulk.prefetch.tensor.1d.L2.global.tile [%rd2, {0}];", FaultKind.Invalid)]
    public void APrefetchNamesMemoryThatIsThere(string line, FaultKind? kind)
    {
        if (kind is { } fault)
            Small.Faults(fault, "", line, Before);
        else
            Small.Words(line, Before);
    }

    [Theory]
    [InlineData("cp.async.bulk.shared::cta.shared::cta.mbarrier::complete_tx::bytes [u], [s], 128, [bar];", "shared::cluster")]
    [InlineData("cp.async.bulk.global.shared::cta.bulk_group [%rd1], [s], 24;", "multiple of 16")]
    [InlineData("cp.async.ca.shared.global [s], [%rd1], 8, 12;", "0 to 8")]
    [InlineData("cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f16 [%rd1], [s], 128;", ".noftz")]
    [InlineData("cp.reduce.async.bulk.global.shared::cta.bulk_group.max.f32 [%rd1], [s], 128;", "no .max of .f32")]
    [InlineData(
        "cp.reduce.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes.add.f32 [u], [s], 128, [bar];", "no .add of .f32")]
    [InlineData("mbarrier.arrive.release.shared.b64 %rd2, [bar];", "belong together")]
    [InlineData("mbarrier.arrive.release.gpu.shared.b64 %rd2, [bar];", "belong together")]
    [InlineData("mbarrier.arrive.noComplete.shared.b64 %rd2, [bar];", "count")]
    [InlineData("mbarrier.arrive.shared::cluster.b64 %rd2, [bar];", "_")]
    [InlineData("mbarrier.test_wait.shared.b64 %p1, [bar], %rd2, 100;", "operands")]
    public void AWrongFormIsRefused(string line, string word) => Small.Refused(word, line, Before);

    [Theory]
    [InlineData(
        "cp.async.bulk.tensor.3d.shared::cluster.global.im2col.mbarrier::complete_tx::bytes [u], [%rd1, {%r1, %r1, %r1}], [bar], {%h1};",
        "im2col")]
    [InlineData("/* sm_100a */ cp.async.bulk.global.shared::cta.bulk_group.cp_mask [%rd1], [s], 16, %h1;", "cp_mask")]
    public void FormsThatAreNotCoveredAreFaults(string line, string word) => Small.Faults(FaultKind.Invalid, word, line, Before);
}
