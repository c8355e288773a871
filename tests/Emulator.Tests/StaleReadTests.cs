using System.Buffers.Binary;

namespace CogVideoX.Emulator.Tests;

/// <summary>Litmus tests: which older values strong reads may return (PTX ISA 8), over many orders of the threads.</summary>
public class StaleReadTests
{
    private const int Seeds = 40;

    /// <summary>Block 0 writes data, then a flag; block 1 polls the flag, then reads the data. 0 is the older value.</summary>
    [Theory]
    [InlineData("fence.acq_rel.gpu;", "fence.acq_rel.gpu;", "volatile", "volatile", false)]
    [InlineData("membar.gl;", "membar.sys;", "relaxed.gpu", "relaxed.gpu", false)]
    [InlineData("", "", "release.gpu", "acquire.gpu", false)]
    [InlineData("", "fence.acq_rel.gpu;", "release.gpu", "relaxed.gpu", false)]
    [InlineData("", "", "volatile", "volatile", true)]
    [InlineData("", "fence.acq_rel.gpu;", "volatile", "volatile", true)]
    [InlineData("fence.acq_rel.gpu;", "", "volatile", "volatile", true)]
    [InlineData("fence.acq_rel.cta;", "fence.acq_rel.gpu;", "relaxed.gpu", "relaxed.gpu", true)]
    [InlineData("fence.acq_rel.gpu;", "membar.cta;", "relaxed.gpu", "relaxed.gpu", true)]
    [InlineData("", "", "relaxed.gpu", "acquire.gpu", true)]
    public void MessagePassing(string release, string acquire, string write, string read, bool mayBeOld)
    {
        HashSet<string> seen = Outcomes($"""
            @%p1 bra READER;
            st.relaxed.gpu.global.u32 [%rd1], 7;
            {release}
            st.{write}.global.u32 [%rd1+128], 1;
            ret;
            READER:
            ld.{read}.global.u32 %r4, [%rd1+128];
            setp.eq.u32 %p2, %r4, 0;
            @%p2 bra READER;
            {acquire}
            ld.volatile.global.u32 %r5, [%rd1];
            st.global.u32 [%rd2], %r5;
            """, results: 1);
        Assert.Equal(mayBeOld ? ["0", "7"] : ["7"], seen.Order());
    }

    /// <summary>The last of three blocks adds up what all have written: fence, counter, fence.</summary>
    [Theory]
    [InlineData("membar.gl;", "membar.gl;", false)]
    [InlineData("fence.acq_rel.gpu;", "fence.acq_rel.gpu;", false)]
    [InlineData("", "membar.gl;", true)]
    [InlineData("membar.gl;", "", true)]
    public void TheLastBlockSeesAllAdds(string release, string acquire, bool mayBeOld)
    {
        HashSet<string> seen = Outcomes($"""
            red.global.add.u32 [%rd1], 1;
            {release}
            atom.global.add.u32 %r4, [%rd1+128], 1;
            setp.ne.u32 %p2, %r4, 2;
            @%p2 ret;
            {acquire}
            ld.volatile.global.u32 %r5, [%rd1];
            st.global.u32 [%rd2], %r5;
            """, results: 1, blocks: 3);
        Assert.Contains("3", seen);
        Assert.Equal(mayBeOld, seen.Count > 1);
    }

    /// <summary>Coherence: nobody sees a place go back, though all of it may come late.</summary>
    [Fact]
    public void ReadsOfOnePlaceNeverGoBack()
    {
        HashSet<string> seen = Outcomes("""
            @%p1 bra READER;
            st.volatile.global.u32 [%rd1], 1;
            st.volatile.global.u32 [%rd1], 2;
            st.volatile.global.u32 [%rd1], 3;
            ret;
            READER:
            ld.volatile.global.u32 %r4, [%rd1];
            ld.volatile.global.u32 %r5, [%rd1];
            ld.volatile.global.u32 %r6, [%rd1];
            st.global.v2.u32 [%rd2], {%r4, %r5};
            st.global.u32 [%rd2+8], %r6;
            """, results: 3);
        Assert.All(seen, outcome => Assert.Equal(string.Concat(outcome.Order()), outcome));
        Assert.Contains(seen, outcome => outcome.Distinct().Count() == 3);   // values between the oldest and the newest are seen too
    }

    /// <summary>Block 1 has read the new value, and tells block 2: who comes after a reader sees no older value than he did.</summary>
    [Fact]
    public void WhatAReaderSawItsSuccessorsSee()
    {
        HashSet<string> seen = Outcomes("""
            @%p1 bra READER;
            st.volatile.global.u32 [%rd1], 7;
            ret;
            READER:
            setp.eq.u32 %p2, %r2, 2;
            @%p2 bra SUCCESSOR;
            WAIT:
            ld.volatile.global.u32 %r4, [%rd1];
            setp.eq.u32 %p3, %r4, 0;
            @%p3 bra WAIT;
            st.release.gpu.global.u32 [%rd1+128], 1;
            ret;
            SUCCESSOR:
            ld.acquire.gpu.global.u32 %r5, [%rd1+128];
            setp.eq.u32 %p4, %r5, 0;
            @%p4 bra SUCCESSOR;
            ld.volatile.global.u32 %r6, [%rd1];
            st.global.u32 [%rd2], %r6;
            """, results: 1, blocks: 3);
        Assert.Equal(["7"], seen);
    }

    /// <summary>Each block writes its own place and reads the other's: only fence.sc rules out that both see nothing.</summary>
    [Theory]
    [InlineData("fence.sc.gpu;", false)]
    [InlineData("membar.gl;", false)]
    [InlineData("fence.acq_rel.gpu;", true)]
    [InlineData("membar.cta;", true)]
    [InlineData("", true)]
    public void StoreBuffering(string fence, bool bothMayMiss)
    {
        HashSet<string> seen = Outcomes($$"""
            mul.wide.u32 %rd3, %r2, 128;
            add.s64 %rd4, %rd1, %rd3;
            xor.b32 %r3, %r2, 1;
            mul.wide.u32 %rd5, %r3, 128;
            add.s64 %rd6, %rd1, %rd5;
            st.volatile.global.u32 [%rd4], 1;
            {{fence}}
            ld.volatile.global.u32 %r4, [%rd6];
            mul.wide.u32 %rd7, %r2, 4;
            add.s64 %rd8, %rd2, %rd7;
            st.global.u32 [%rd8], %r4;
            """, results: 2);
        Assert.Equal(bothMayMiss, seen.Contains("00"));
        Assert.Contains("01", seen);
        Assert.Contains("10", seen);
    }

    /// <summary>Threads of a block that meet at a barrier need no fence, and atomics never miss one another.</summary>
    [Fact]
    public void BarriersAndAtomicsLeaveNothingBehind()
    {
        HashSet<string> seen = Outcomes("""
            atom.global.add.u32 %r4, [%rd1], 1;
            bar.sync 0;
            ld.volatile.global.u32 %r5, [%rd1];
            setp.lt.u32 %p2, %r5, 64;
            @%p2 trap;
            setp.ne.u32 %p3, %r4, 127;
            @%p3 ret;
            st.global.u32 [%rd2], %r5;
            """, results: 1, threads: 64);
        Assert.Equal(["128"], seen);
    }

    /// <summary>
    /// What threads of a grid may write, as text; a fault fails the test. %r2 is the block's number, and %p1 says that it isn't 0.
    /// </summary>
    private static HashSet<string> Outcomes(string body, int results, int blocks = 2, int threads = 1)
    {
        PtxModule module = Kernel.Module("mov.u32 %r2, %ctaid.x; setp.ne.u32 %p1, %r2, 0;\n" + body);
        var seen = new HashSet<string>();
        foreach (AsyncTiming timing in Enum.GetValues<AsyncTiming>())
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                var options = new LaunchOptions { Seed = seed, Timing = timing, MaxLaunchInstructions = 20_000, Turn = 1 + seed % 5 };
                (LaunchReport report, byte[] y) = Kernel.Launch(module, new byte[256], 4 * results, threads, blocks, options);
                Assert.True(report.Fault is null, report.Fault?.ToString());
                seen.Add(string.Concat(Enumerable.Range(0, results).Select(i => BinaryPrimitives.ReadInt32LittleEndian(y.AsSpan(4 * i)))));
            }
        }
        return seen;
    }
}
