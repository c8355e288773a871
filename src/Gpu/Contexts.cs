using ILGPU;

namespace CogVideoX.Gpu;

/// <summary>Contexts of ILGPU as all our devices have them.</summary>
internal static class Contexts
{
    /// <param name="devices">Registers the devices that are wanted.</param>
    public static Context Create(Func<Context.Builder, Context.Builder> devices) => Context.Create(builder => devices(builder
        .EnableAlgorithms()
        .Profiling()
        .Optimize(OptimizationLevel.O2)
        .Inlining(InliningMode.Aggressive)));
}
