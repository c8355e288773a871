using System.Reflection;
using CogVideoX.GpuCheck.Cases;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>
/// The PTX of every kernel that the operations launch at their real sizes, for ptxas to say what it takes. No card is needed: it is made
/// where the bundle is.
/// </summary>
internal static class PtxPart
{
    public static void Run(CheckOptions options, string folder)
    {
        Directory.CreateDirectory(folder);
        using Context context = Context.Create(builder => builder
            .EnableAlgorithms().Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive));
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null!);
        var written = new HashSet<string>();
        foreach (DType type in options.Types)
        {
            foreach (OperationCase operation in AllCases.Of(options.Real))
            {
                var device = new LaunchList();
                using var ops = new Ops(device, type);
                using CaseInputs inputs = CaseInputs.Planned(ops, operation, type);
                operation.Run(ops, inputs);
                int number = 0;
                foreach (MethodInfo kernel in device.Kernels)
                {
                    var compiled = (PTXCompiledKernel)backend.Compile(
                        EntryPointDescription.FromExplicitlyGroupedKernel(kernel), KernelSpecialization.Empty);
                    string text = compiled.PTXAssembly;
                    if (written.Add($"{kernel.DeclaringType} {kernel}"))
                        File.WriteAllText(Path.Combine(folder, $"{operation.Name}.{type.Name}.{number++}.ptx"), text);
                }
                number = 0;
                foreach (Type kernel in device.OwnKernels)
                {
                    string file = Path.Combine(folder, $"own.{operation.Name}.{type.Name}.{number++}.ptx");
                    if (written.Add($"{kernel}"))
                        File.WriteAllText(file, new GpuKernel(kernel).Show().Ptx);
                }
            }
        }
        Console.WriteLine($"gpucheck: {written.Count} kernels in {folder}.");
    }
}
