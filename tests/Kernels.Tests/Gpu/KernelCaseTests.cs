using CogVideoX.Compiler;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Kernels.Tests.Gpu.Defective;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>The kernels of ptx-cases in C#: the sound ones are right, the defective ones are caught with their C# line.</summary>
public sealed class KernelCaseTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Type> Defective = new()
    {
        ["bad_race"] = typeof(Race),
        ["bad_out_of_bounds"] = typeof(OutOfBounds),
        ["bad_misaligned"] = typeof(Misaligned),
        ["bad_uninitialized_shared"] = typeof(UninitializedShared),
        ["bad_divergent_barrier"] = typeof(DivergentBarrier),
        ["bad_shared_overflow"] = typeof(SharedOverflow),
        ["bad_missing_cp_async_wait"] = typeof(MissingCopyWait),
        ["bad_deadlock_never_released"] = typeof(DefectiveWgmma<Defects.NeverReleased>),
        ["bad_released_before_wgmma_wait"] = typeof(DefectiveWgmma<Defects.ReleasedBeforeWait>),
        ["bad_no_proxy_fence"] = typeof(DefectiveWgmma<Defects.NoProxyFence>),
        ["bad_no_full_wait"] = typeof(DefectiveWgmma<Defects.NoFullWait>),
        ["bad_no_sync_after_mbarrier_init"] = typeof(DefectiveWgmma<Defects.NoInitialSync>),
        ["bad_expects_too_many_bytes"] = typeof(DefectiveWgmma<Defects.ExpectsTooMuch>),
        ["bad_expects_too_few_bytes"] = typeof(DefectiveWgmma<Defects.ExpectsTooLittle>),
        ["bad_two_loads_one_tile"] = typeof(DefectiveWgmma<Defects.TwoLoadsOneTile>),
        ["bad_no_wgmma_wait"] = typeof(DefectiveWgmma<Defects.NoWgmmaWait>),
        ["bad_wrong_phase"] = typeof(DefectiveWgmma<Defects.WrongPhase>),
    };

    public static TheoryData<string> SoundCases => [.. CaseFiles.Names.Where(n => !n.StartsWith("bad_", StringComparison.Ordinal))];

    public static TheoryData<string> DefectiveCases => [.. CaseFiles.Names.Where(n => n.StartsWith("bad_", StringComparison.Ordinal))];

    /// <summary>Every sound case has a kernel in C#, which passes it and needs no more instructions an mma than nvcc's.</summary>
    [Theory]
    [MemberData(nameof(SoundCases))]
    public void SoundKernelsAreRight(string name)
    {
        KernelVerdict verdict = SampleKernels.Find(name).Verify(CaseFiles.PathOf(name));
        output.WriteLine(verdict.Report.ToString());
        Assert.True(verdict.Report.Passed, verdict.Report.ToString());
        if (verdict.Reference is not { } reference)
            return;
        LaunchCounters ours = verdict.Report.Launch.Counters, theirs = reference.Launch.Counters;
        Assert.Equal(theirs.MatrixMultiplies, ours.MatrixMultiplies);
        if (theirs.MainLoopInstructions > 0 && ours.MainLoopInstructions > 0)
        {
            Assert.True(
                ours.InstructionsPerMultiply <= theirs.InstructionsPerMultiply,
                $"{ours.InstructionsPerMultiply:F2} instructions per mma, nvcc needs {theirs.InstructionsPerMultiply:F2}");
        }
    }

    /// <summary>The fault is the planted one, under every timing, and points into the file of the kernel.</summary>
    [Theory]
    [MemberData(nameof(DefectiveCases))]
    public void DefectiveKernelsAreCaught(string name)
    {
        Type kernel = Defective[name];
        CompiledKernel compiled = KernelCompiler.Compile(kernel);
        PtxCase one = KernelCase.Of(kernel, compiled, PtxCase.Read(CaseFiles.PathOf(name)));
        foreach (AsyncTiming timing in Enum.GetValues<AsyncTiming>())
        {
            CaseReport report = one.Run(new LaunchOptions { Timing = timing });
            output.WriteLine(report.ToString());
            Assert.True(report.Passed, report.ToString());
            Fault fault = report.Launch.Fault!;
            string file = report.Launch.FileNames.GetValueOrDefault(fault.Source.File, "");
            Assert.EndsWith($"{kernel.Name.Split('`')[0]}.cs", file, StringComparison.Ordinal);
            Assert.True(fault.Source.Line > 0);
        }
    }
}
