namespace CogVideoX.Emulator.Tests;

/// <summary>What orders accesses, which memory may be written, and what an address is good for.</summary>
public class MemoryModelTests
{
    private static void Expect(
        FaultKind? kind, string body, int threads = 1, int blocks = 1, string variables = "", bool accept = false, string? says = null)
    {
        for (int seed = 0; seed < 6; seed++)
        {
            var options = new LaunchOptions { Seed = seed, Timing = (AsyncTiming)(seed % 3), AcceptPlainReadsOfAtomics = accept };
            Fault? fault = Kernel.Run(body, new byte[256], 256, threads, blocks, options, "sm_90a", variables).Fault;
            Assert.True(fault?.Kind == kind, $"expected {kind?.ToString() ?? "no fault"}, found {fault?.ToString() ?? "none"}");
            if (says is not null)
                Assert.Contains(says, fault!.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// The last block reads what the others wrote. Thread 0's atomic read their counts, a barrier puts that before every thread's fence,
    /// and so the writers' fences come first in every run.
    /// </summary>
    [Theory]
    [InlineData("membar.gl;", "membar.gl;", "add", null)]
    [InlineData("fence.sc.gpu;", "fence.sc.gpu;", "add", null)]
    [InlineData("fence.sc.gpu;", "fence.sc.sys;", "add", null)]
    [InlineData("fence.acq_rel.gpu;", "fence.sc.gpu;", "add", FaultKind.Race)]
    [InlineData("fence.sc.gpu;", "fence.acq_rel.gpu;", "add", FaultKind.Race)]
    [InlineData("fence.sc.cta;", "fence.sc.gpu;", "add", FaultKind.Race)]
    [InlineData("fence.sc.gpu;", "fence.sc.cta;", "add", FaultKind.Race)]
    [InlineData("fence.sc.gpu;", "", "add", FaultKind.Race)]
    public void FencesAreOrderedByWhatWasReadBetween(string writers, string readers, string operation, FaultKind? kind) => Expect(kind, $"""
        .shared .align 4 .b8 last[4];
        mov.u32 %r2, %ctaid.x; setp.ne.u32 %p1, %r1, 0; @%p1 bra W;
        mul.wide.u32 %rd3, %r2, 4; add.s64 %rd3, %rd2, %rd3; st.global.u32 [%rd3+8], %r2;
        {writers}
        atom.global.{operation}.u32 %r3, [%rd2], 1;
        st.shared.u32 [last], %r3;
        W: bar.sync 0;
        ld.shared.u32 %r3, [last]; setp.ne.u32 %p2, %r3, 7; @%p2 bra E;
        {readers}
        setp.gt.u32 %p3, %r1, 7; @%p3 bra E;
        mul.wide.u32 %rd4, %r1, 4; add.s64 %rd4, %rd2, %rd4; ld.volatile.global.u32 %r4, [%rd4+8];
        E:
        """, threads: 32, blocks: 8);

    private const string CasLoop = """
        {0} %r5, [%rd2];
        L: add.u32 %r6, %r5, 1; mov.u32 %r7, %r5; atom.global.cas.b32 %r5, [%rd2], %r7, %r6; setp.ne.u32 %p1, %r5, %r7; @%p1 bra L;
        """;

    [Fact]
    public void ALoopThatBeginsWithAPlainLoadIsARaceWithItsOwnWords() =>
        Expect(FaultKind.Race, CasLoop.Replace("{0}", "ld.global.u32"), threads: 32, blocks: 2, says: "compare-and-swap loop");

    [Fact]
    public void ALoopThatBeginsWithAPlainLoadMayBeAccepted() =>
        Expect(null, CasLoop.Replace("{0}", "ld.global.u32"), threads: 32, blocks: 2, accept: true);

    [Fact]
    public void ALoopThatBeginsWithARelaxedLoadIsNone() =>
        Expect(null, CasLoop.Replace("{0}", "ld.relaxed.gpu.global.u32"), threads: 32, blocks: 2);

    [Fact]
    public void AcceptingSuchLoadsAcceptsNoPlainStores() =>
        Expect(FaultKind.Race, "st.global.u32 [%rd2], 1; atom.global.add.u32 %r5, [%rd2], 1;", threads: 1, blocks: 2, accept: true);

    [Theory]
    [InlineData("ld.global.nc.u32 %r5, [%rd1]; st.global.u32 [%rd2], %r5;", null)]
    [InlineData("st.global.u32 [%rd1], 1; ld.global.nc.u32 %r5, [%rd1];", FaultKind.Invalid)]
    [InlineData("ld.global.nc.u32 %r5, [%rd1]; st.global.u32 [%rd1], 1;", FaultKind.Invalid)]
    [InlineData("ld.global.nc.u32 %r5, [%rd1]; ld.global.u32 %r6, [%rd1]; st.global.u32 [%rd1], 1;", FaultKind.Invalid)]
    [InlineData("ld.global.nc.u32 %r5, [%rd1]; atom.global.add.u32 %r5, [%rd1], 1;", FaultKind.Invalid)]
    [InlineData("ld.global.nc.u32 %r5, [%rd1]; st.global.u32 [%rd1+4], 1;", null)]
    public void ReadOnlyMemoryIsNotWritten(string body, FaultKind? kind) => Expect(kind, body);

    [Theory]
    [InlineData(".shared .align 4 .b8 s[64];", "ld", "shared")]
    [InlineData(".shared .align 8 .b8 s[64];", "ld", "shared")]
    [InlineData(".const .align 4 .b8 s[64];", "ld", "const")]
    [InlineData(".global .align 4 .b8 s[64];", "ld", "global")]
    public void AnAddressIsAsAlignedAsItsVariablePromises(string variable, string operation, string space) =>
        Expect(
            FaultKind.Misaligned, $"{operation}.{space}.v4.u32 {{%r5, %r6, %r7, %r8}}, [s];", variables: variable, says: "s is aligned to");

    [Theory]
    [InlineData(1, "u8")]
    [InlineData(2, "u16")]
    [InlineData(4, "u32")]
    [InlineData(8, "u64")]
    public void AnAddressKeepsItsPromise(int align, string type)
    {
        string register = type switch { "u8" or "u16" => "%h5", "u32" => "%r5", _ => "%rd5" };
        string zero = type is "u8" or "u16" ? "mov.u16 %h5, 0;" : type == "u32" ? "mov.u32 %r5, 0;" : "mov.u64 %rd5, 0;";
        Expect(
            null,
            $".local .align {align} .b8 l[32]; {zero} st.local.{type} [l], {register}; st.shared.{type} [s], {register}; "
                + $"ld.shared.{type} {register}, [s];",
            variables: $".shared .align {align} .b8 s[32];");
    }

    [Fact]
    public void LocalVariablesPromiseNoMoreThanTheySay() =>
        Expect(FaultKind.Misaligned, ".local .align 4 .b8 l[32]; mov.u64 %rd5, 0; st.local.u64 [l], %rd5;", says: "l is aligned to 4");

    [Fact]
    public void AddressesOfLocalMemoryAreAThreadsOwn()
    {
        const string Body = """
            .local .align 8 .b8 l[8]; .shared .align 8 .b8 s[8];
            mov.u64 %rd5, l; cvta.local.u64 %rd6, %rd5; st.local.u32 [%rd5], %r1;
            setp.ne.u32 %p1, %r1, {0}; @%p1 bra SKIP; st.shared.u64 [s], %rd6; SKIP:
            bar.sync 0; ld.shared.u64 %rd7, [s]; setp.ne.u32 %p2, %r1, 0; @%p2 bra E; ld.u32 %r5, [%rd7]; E:
            """;
        Expect(FaultKind.Invalid, Body.Replace("{0}", "1"), threads: 32, says: "another thread's local memory");
        Expect(null, Body.Replace("{0}", "0"), threads: 32);
        Expect(FaultKind.Invalid, Body.Replace("{0}", "33"), threads: 64, says: "another thread's local memory");
    }

    [Fact]
    public void LocalAddressesGoThereAndBack() => Expect(null, """
        .local .align 8 .b8 l[16];
        mov.u64 %rd5, l; cvta.local.u64 %rd6, %rd5; add.s64 %rd6, %rd6, 8; st.u32 [%rd6], 5; cvta.to.local.u64 %rd7, %rd6;
        ld.local.u32 %r5, [%rd7]; ld.local.u32 %r6, [l+8]; isspacep.local %p1, %rd6; @!%p1 trap; setp.ne.u32 %p2, %r5, %r6; @%p2 trap;
        """, threads: 32);
}
