using CogVideoX.Kernels.Gpu;
using CogVideoX.Samples.Kernels;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>The kernels of samples/Kernels.</summary>
internal static class SampleKernels
{
    public static KernelCatalog Catalog { get; } = KernelCatalog.Of(typeof(VectorAdd).Assembly);

    public static IReadOnlyList<GpuKernel> All => Catalog.Kernels;

    public static GpuKernel Find(string name) => Catalog.Find(name);
}
