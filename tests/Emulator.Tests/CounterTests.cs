using CogVideoX.Emulator.Decoding;

namespace CogVideoX.Emulator.Tests;

public class CounterTests
{
    private static LaunchCounters Count(string body, string variables = "") =>
        Kernel.Launch(Kernel.Module(body, variables: variables), new byte[8192], 128, 32, 1).Report.Counters;

    [Theory]
    [InlineData(4, 0)]
    [InlineData(8, 1)]
    [InlineData(128, 31)]
    [InlineData(132, 0)]
    [InlineData(0, 0)]
    public void BankConflictsFollowTheStride(int stride, int conflicts)
    {
        LaunchCounters counters = Count($"mul.lo.u32 %r5, %r1, {stride}; mov.u32 %r6, s; add.u32 %r6, %r6, %r5; st.shared.u32 [%r6], 7;",
            ".shared .align 4 .b8 s[8192];");
        Assert.Equal(conflicts, counters.Lines.Sum(l => l.BankConflicts));
        Assert.Equal(128, counters.SharedBytes);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(32, 32)]
    [InlineData(128, 32)]
    public void SectorsFollowTheStride(int stride, int sectors)
    {
        LaunchCounters counters = Count($"mul.wide.u32 %rd5, %r1, {stride}; add.s64 %rd6, %rd1, %rd5; ld.global.u32 %r5, [%rd6];");
        Assert.Equal(sectors, Assert.Single(counters.Lines).SectorsPerRequest);
        Assert.Equal(128, counters.GlobalBytes);
    }

    [Theory]
    [InlineData(4, 16)]
    [InlineData(1, 4)]
    [InlineData(0, 0)]
    public void CopiesOfNothingTouchNoSectors(int copiers, int sectors)
    {
        LaunchCounters counters = Count(
            $$"""
            .reg .b32 %bytes; shr.u32 %r5, %r1, 3; setp.lt.u32 %p5, %r5, {{copiers}}; selp.u32 %bytes, 16, 0, %p5;
            mul.lo.u32 %r5, %r1, 16; mov.u32 %r6, s; add.u32 %r6, %r6, %r5;
            mul.wide.u32 %rd5, %r1, 16; add.s64 %rd6, %rd1, %rd5; cp.async.cg.shared.global [%r6], [%rd6], 16, %bytes;
            """,
            ".shared .align 16 .b8 s[512];");
        Assert.Equal(sectors, counters.Lines.Sum(line => line.Sectors));
    }

    [Fact]
    public void TheTransposeIsFreeOfConflictsAndTheGemmCountsItsProducts()
    {
        CaseReport transpose = PtxCase.Run(Path.Combine(Goldens.Cases, "transpose.json"));
        Assert.Equal(0, transpose.Launch.Counters.Lines.Sum(l => l.BankConflicts));
        CaseReport gemm = PtxCase.Run(Path.Combine(Goldens.Cases, "gemm_mma_bf16.json"));
        // 6 CTAs of 4 warps, 5 steps of K, twice 8 mma from 2 + 4 ldmatrix
        Assert.Equal(6 * 4 * 5 * 2 * 8, gemm.Launch.Counters.MatrixMultiplies);
        Assert.Equal(8.0 / 6, gemm.Launch.Counters.MultipliesPerLoad);
        Assert.True(gemm.Launch.Counters.ByClass[InstructionClass.Matrix] == gemm.Launch.Counters.MatrixMultiplies);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(64, false)]
    public void MaxnregIsALimit(int registers, bool exceeded)
    {
        string loads = string.Join("\n", Enumerable.Range(10, 12).Select(i => $"ld.global.u32 %r{i}, [%rd1];"));
        string stores = string.Join("\n", Enumerable.Range(10, 12).Select(i => $"st.global.u32 [%rd2], %r{i};"));
        PtxModule module = PtxModule.Parse($$"""
            .version 9.0
            .target sm_80
            .visible .entry k(.param .u64 x, .param .u64 y)
            .maxnreg {{registers}}
            { .reg .b32 %r<32>; .reg .b64 %rd<4>; ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [y]; {{loads}} {{stores}} ret; }
            """);
        LaunchReport report = Kernel.Launch(module, new byte[16], 16, 1, 1).Report;
        Assert.Equal(exceeded ? FaultKind.Limit : null, report.Fault?.Kind);
    }

    // Twelve numbers of eight bytes are alive at once, and the 15 parameters, which an instruction reads where they lie.
    [Fact]
    public void ParametersTakeNoRegisters()
    {
        string parameters = string.Join(", ", Enumerable.Range(0, 15).Select(i => $".param .u64 p{i}"));
        string loads = string.Join("\n", Enumerable.Range(0, 15).Select(i => $"ld.param.u64 %rd{i}, [p{i}];"));
        string uses = string.Join("\n", Enumerable.Range(0, 12).Select(i => $"ld.global.u64 %rd{20 + i}, [%rd{i}];"));
        string stores = string.Join("\n", Enumerable.Range(0, 12).Select(i => $"st.global.u64 [%rd14], %rd{20 + i};"));
        PtxModule module = PtxModule.Parse($$"""
            .version 9.0
            .target sm_80
            .visible .entry k({{parameters}})
            { .reg .b64 %rd<40>; {{loads}} {{uses}} {{stores}} ret; }
            """);
        Assert.Equal(24, RegisterPressure.Of(module.Functions["k"]).Registers);
    }
}
