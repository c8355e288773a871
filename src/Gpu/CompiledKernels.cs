using CogVideoX.Ilgpu;
using CogVideoX.Kernels.Cuda;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Gpu;

/// <summary>Kernels of our own compiler on an accelerator's stream: each is compiled and loaded once.</summary>
internal sealed class CompiledKernels : CudaQueue, IDisposable
{
    /// <summary>The least that the kernels need: <c>cp.async</c> and <c>mma.sync</c> of bf16.</summary>
    private const int LeastArchitecture = 80;

    private readonly Accelerator accelerator;
    private readonly AcceleratorStream stream;
    private readonly Action beforeLoading;
    private readonly Dictionary<Type, IDisposable> loaded = [];

    private CompiledKernels(Accelerator accelerator, AcceleratorStream stream, int architecture, Action beforeLoading)
    {
        this.accelerator = accelerator;
        this.stream = stream;
        this.beforeLoading = beforeLoading;
        Architecture = architecture;
    }

    internal override int Architecture { get; }

    internal override int Multiprocessors => accelerator.NumMultiprocessors;

    /// <summary>Null where the accelerator runs no such kernels.</summary>
    /// <param name="accelerator">Where they run.</param>
    /// <param name="stream">Where they are launched.</param>
    /// <param name="beforeLoading">Called before a kernel is compiled and loaded; throws where that can't be now.</param>
    public static CompiledKernels? On(Accelerator accelerator, AcceleratorStream stream, Action beforeLoading)
    {
        CudaArchitecture? architecture = accelerator switch
        {
            CudaAccelerator cuda => cuda.CardArchitecture(),
            EmulatorAccelerator emulator => ((EmulatorDevice)emulator.Device).Architecture,
            _ => null,
        };
        int number = architecture is { } known ? known.Major * 10 + known.Minor : 0;
        return number >= LeastArchitecture ? new CompiledKernels(accelerator, stream, number, beforeLoading) : null;
    }

    public void Dispose()
    {
        foreach (IDisposable kernel in loaded.Values)
            kernel.Dispose();
        loaded.Clear();
    }

    internal override void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0)
    {
        if (!loaded.TryGetValue(typeof(TKernel), out IDisposable? known))
        {
            beforeLoading();
            loaded.Add(typeof(TKernel), known = accelerator.LoadCompiled<TKernel>());
        }
        ((LoadedKernel<TKernel>)known).Launch(stream, new Index3D(grid.X, grid.Y, grid.Z), kernel, dynamicSharedBytes);
    }
}
