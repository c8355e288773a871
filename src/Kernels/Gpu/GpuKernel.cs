using System.Diagnostics;
using CogVideoX.Compiler;
using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;

namespace CogVideoX.Kernels.Gpu;

/// <summary>A kernel, as people name it.</summary>
/// <param name="Type">the closed struct</param>
public sealed record GpuKernel(Type Type)
{
    /// <summary>Its entry's name in PTX.</summary>
    public string Name => KernelCompiler.EntryOf(Type);

    /// <summary>Whether <see cref="Show"/> takes it as a target.</summary>
    public static bool IsTarget(string target) => Target.TryParse(target, out _);

    /// <summary>Compiles it, and reads the text back by the emulator's parser before it is trusted.</summary>
    /// <exception cref="CompileException">The C# says what a GPU can't do, or what the target hasn't got.</exception>
    /// <exception cref="KernelAssemblyException">What its code needs isn't there.</exception>
    public CompiledKernel Compile(CompileOptions? options = null)
    {
        CompiledKernel compiled = AssemblyProblems.Guard(() => new KernelCache().GetOrCompile(Type, options));
        PtxModule.Parse(compiled.Ptx);
        return compiled;
    }

    /// <summary>Its PTX.</summary>
    /// <param name="target">such as sm_90a; null for the least that its instructions need</param>
    /// <param name="showSource">each C# line above what it became</param>
    /// <param name="checkBounds">views trap outside of their bounds</param>
    public KernelText Show(string? target = null, bool showSource = false, bool checkBounds = false)
    {
        CompiledKernel compiled = Compile(new CompileOptions
        {
            Target = target is null ? null : Target.Parse(target),
            ShowSource = showSource,
            CheckBounds = checkBounds,
        });
        (int x, int y, int z) = compiled.Block;
        return new KernelText(compiled.Entry, compiled.Target.ToString(), x * y * z, compiled.StaticSharedBytes, compiled.Ptx);
    }

    /// <summary>Runs it in the emulator, and if the case comes with PTX, that too, on the same data.</summary>
    /// <param name="casePath">a launch in the format of ptx-cases; module and entry may be missing</param>
    /// <exception cref="CaseException">The case can't be run, or doesn't fit the kernel.</exception>
    /// <exception cref="CompileException">The C# says what a GPU can't do.</exception>
    /// <exception cref="KernelAssemblyException">What its code needs isn't there.</exception>
    public KernelVerdict Verify(string casePath, LaunchOptions? options = null)
    {
        PtxCase one = PtxCase.ReadForKernel(casePath);
        var clock = Stopwatch.StartNew();
        CompiledKernel compiled = AssemblyProblems.Guard(() => KernelCompiler.Compile(Type));
        TimeSpan compileTime = clock.Elapsed;
        CaseReport report = KernelCase.Of(Type, compiled, one).Run(options);
        return new KernelVerdict(Name, report, one.HasModule ? one.Run(options) : null, compileTime);
    }

    /// <summary>
    /// Which of its weakened twins the emulator catches: each lacks a barrier, fence, wait or commit, or has a wrong count.
    /// </summary>
    /// <param name="casePath">a launch in the format of ptx-cases</param>
    /// <param name="seeds">runs of a twin under each timing, until it is caught</param>
    public IReadOnlyList<MutationResult> Mutate(string casePath, int seeds = 8)
    {
        CompiledKernel compiled = AssemblyProblems.Guard(() => KernelCompiler.Compile(Type));
        return MutationRun.Of(KernelCase.Of(Type, compiled, PtxCase.ReadForKernel(casePath)), compiled.Ptx, seeds);
    }
}
