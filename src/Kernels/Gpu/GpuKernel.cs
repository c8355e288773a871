using System.Diagnostics;
using System.Reflection;
using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;

namespace CogVideoX.Kernels.Gpu;

/// <summary>A kernel of this library, as people name it.</summary>
/// <param name="Type">the closed struct</param>
public sealed record GpuKernel(Type Type)
{
    /// <summary>Its name in PTX.</summary>
    public string Name => Type.GetCustomAttribute<KernelNameAttribute>()?.Name ?? Type.Name;

    /// <summary>Every kernel of this library, by name.</summary>
    public static IReadOnlyList<GpuKernel> All { get; } =
        [.. typeof(GpuKernel).Assembly.GetTypes()
            .Where(t => t.IsValueType && !t.ContainsGenericParameters && t.IsAssignableTo(typeof(IKernel)))
            .Select(t => new GpuKernel(t)).OrderBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>The kernel of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public static GpuKernel Find(string name) =>
        All.FirstOrDefault(k => k.Name == name)
        ?? throw new ArgumentException($"there is no kernel '{name}'; there are {string.Join(", ", All.Select(k => k.Name))}");

    /// <summary>Whether <see cref="Show"/> takes it as a target.</summary>
    public static bool IsTarget(string target) => Target.TryParse(target, out _);

    /// <summary>Compiles it, and reads the text back by the emulator's parser before it is trusted.</summary>
    /// <exception cref="CompileException">The C# says what a GPU can't do, or what the target hasn't got.</exception>
    public CompiledKernel Compile(CompileOptions? options = null)
    {
        CompiledKernel compiled = new KernelCache().GetOrCompile(Type, options);
        PtxModule.Parse(compiled.Ptx);
        return compiled;
    }

    /// <summary>Its PTX.</summary>
    /// <param name="target">such as sm_90a; null for the least that its instructions need</param>
    /// <param name="showSource">each C# line above what it became</param> <param name="checkBounds">views trap outside of their bounds</param>
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

    /// <summary>Runs it and the PTX that the case came with in the emulator, on the same data.</summary>
    /// <param name="casePath">a launch in the format of ptx-cases</param>
    /// <exception cref="CaseException">The case can't be run, or doesn't fit the kernel.</exception>
    public KernelVerdict Verify(string casePath, LaunchOptions? options = null)
    {
        PtxCase reference = PtxCase.Read(casePath);
        var clock = Stopwatch.StartNew();
        CompiledKernel compiled = KernelCompiler.Compile(Type);
        TimeSpan compileTime = clock.Elapsed;
        return new KernelVerdict(Name, KernelCase.Of(Type, compiled, reference).Run(options), reference.Run(options), compileTime);
    }

    /// <summary>Which of its weakened twins the emulator catches: each lacks a barrier, fence, wait or commit, or has a wrong count.</summary>
    /// <param name="casePath">a launch in the format of ptx-cases</param> <param name="seeds">runs of a twin under each timing, until it is caught</param>
    public IReadOnlyList<MutationResult> Mutate(string casePath, int seeds = 8)
    {
        CompiledKernel compiled = KernelCompiler.Compile(Type);
        return MutationRun.Of(KernelCase.Of(Type, compiled, PtxCase.Read(casePath)), compiled.Ptx, seeds);
    }
}
