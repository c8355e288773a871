using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Gpu.Tests;

/// <summary>The PTX that ILGPU makes of a portable kernel, for tests that look at it; no GPU is needed.</summary>
internal static class PortablePtx
{
    /// <summary>The text of a kernel.</summary>
    /// <param name="operation">The struct that has it.</param>
    /// <param name="kernel">The name of its static method.</param>
    /// <param name="types">The method's type arguments.</param>
    public static string Of(Type operation, string kernel, params Type[] types)
    {
        MethodInfo method = operation.GetMethod(kernel, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(types);
        using Context context = Context.Create(builder => builder
            .EnableAlgorithms().Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).Math(MathMode.Default));
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null!);
        var compiled = (PTXCompiledKernel)backend.Compile(
            EntryPointDescription.FromExplicitlyGroupedKernel(method), KernelSpecialization.Empty);
        string text = compiled.PTXAssembly;
        string name = $"{operation.Name}.{kernel}.{string.Join('.', types.Select(type => type.Name))}.ptx";
        if (Environment.GetEnvironmentVariable("PORTABLE_PTX") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, name), text);
        return text;
    }
}
