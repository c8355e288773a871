using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary>What <c>kernels verify</c> says of a kernel.</summary>
/// <param name="Mutations">What became of its weakened twins; null if nobody asked, or if it isn't sound itself.</param>
internal sealed record KernelAnswer(
    string Kernel, CaseReport Report, CaseReport? Reference, TimeSpan CompileTime, string? FaultSource,
    IReadOnlyList<MutationResult>? Mutations)
{
    public static KernelAnswer Of(GpuKernel kernel, string path, LaunchOptions options, bool mutate)
    {
        KernelVerdict verdict = kernel.Verify(path, options);
        bool isSound = verdict.Report is { Passed: true, Launch.Fault: null };
        return new KernelAnswer(
            verdict.Kernel, verdict.Report, verdict.Reference, verdict.CompileTime, verdict.FaultSource,
            mutate && isSound ? kernel.Mutate(path) : null);
    }
}
