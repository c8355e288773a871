using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The OpenCL C that ILGPU writes of every portable kernel: no OpenCL is needed to look at it.</summary>
public sealed partial class OpenClTests(ITestOutputHelper output)
{
    private static readonly Lazy<Dictionary<MethodInfo, string>> Written = new(WriteAll);

    [Fact]
    public void EveryKernelIsWritten()
    {
        MethodInfo[] kernels = [.. typeof(IOperation).Assembly.GetTypes().SelectMany(type => type.GetMethods(All)).Where(IsKernel)];
        HashSet<(Module, int)> written = [.. Written.Value.Keys.Select(Key)];
        Assert.InRange(kernels.Length, 25, 200);
        Assert.All(kernels, kernel => Assert.True(written.Contains(Key(kernel)), $"{kernel.DeclaringType}.{kernel.Name} is in no case."));
        long length = Written.Value.Values.Sum(text => (long)text.Length);
        output.WriteLine($"{kernels.Length} kernels in {Written.Value.Count} versions, {length:N0} characters");
    }

    // Double and half are types that a device may lack, and barriers are all that threads of a group know of each other. (ILGPU 1.5.3
    // writes them with CLK_GLOBAL_MEM_FENCE alone; by the letter of OpenCL, local memory would need CLK_LOCAL_MEM_FENCE.)
    [Fact]
    public void NoneNeedsWhatADeviceMayLack() => Assert.All(Written.Value, source =>
    {
        Assert.Single(Regex.Matches(source.Value, @"\bkernel void "));
        Assert.DoesNotMatch(@"\b(double|half|cl_khr_fp16|cl_khr_fp64)\b", source.Value);
        Assert.DoesNotMatch(@"\bsub_group_", source.Value);
        if (Regex.IsMatch(source.Value, @"^\s*(__)?local .*\[\d+\]", RegexOptions.Multiline))
            Assert.Matches(@"\bwork_group_barrier\b", source.Value);
    });

    // One version of each kernel, by a compiler that many machines have.
    [Fact]
    public void ClangTakesThem()
    {
        string? clang = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "clang")).FirstOrDefault(File.Exists);
        Assert.SkipUnless(clang is not null, "There is no clang on PATH, which would compile the kernels' OpenCL C.");
        using var folder = new TemporaryFolder();
        string[] files =
        [
            .. Written.Value.GroupBy(source => Key(source.Key)).Select(versions => versions.Last()).Select(source =>
            {
                string file = folder.File($"{source.Key.Name}.cl");
                File.WriteAllText(file, source.Value);
                return file;
            }),
        ];
        string[] options = ["-x", "cl", "-cl-std=CL2.0", "-fsyntax-only", "-w", "-Xclang", "-finclude-default-header", "-target", "spir64"];
        using Process process = Process.Start(new ProcessStartInfo(clang!, [.. options, .. files]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        output.WriteLine($"clang takes {files.Length} kernels");
    }

    private const BindingFlags All =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // All of ours have one argument, which is called a.
    private static bool IsKernel(MethodInfo method) =>
        method.ReturnType == typeof(void) && method.GetParameters() is [{ Name: "a", ParameterType.IsValueType: true }];

    private static (Module, int) Key(MethodInfo method) => (method.Module, method.MetadataToken);

    private static Dictionary<MethodInfo, string> WriteAll()
    {
        var sources = new Dictionary<MethodInfo, string>();
        foreach (DType activations in SweepTests.IsWhole ? [DType.F32, DType.BF16, DType.F16] : new[] { DType.BF16 })
        {
            var device = new OpenClDevice();
            using var ops = new Ops(device, activations);
            foreach (SweepCase one in SweepCases.All.SelectMany(cases => cases))
            {
                using MemoryScope scope = ops.Memory.Scope();
                one.Run(ops, new Inputs(ops, activations));
            }
            foreach ((MethodInfo kernel, string source) in device.Sources)
                sources.TryAdd(kernel, source);
        }
        if (Environment.GetEnvironmentVariable("PORTABLE_OPENCL") is { Length: > 0 } folder)
        {
            foreach ((int index, (MethodInfo kernel, string source)) in sources.Index())
                File.WriteAllText(Path.Combine(folder, $"{index}.{kernel.DeclaringType!.Name.Split('`')[0]}.{kernel.Name}.cl"), source);
        }
        return sources;
    }
}
