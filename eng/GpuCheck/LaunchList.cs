using System.Reflection;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.GpuCheck;

/// <summary>A device that only notes which operations it was asked for and which kernels they launch, in both forms.</summary>
internal sealed unsafe class LaunchList : Device
{
    private const nint AnyAddress = 4096;

    private const int MultiprocessorsOfH100 = 132, ArchitectureOfH100 = 90;

    private readonly Noting queue = new();
    private readonly NotingOwn own = new();

    /// <summary>The portable kernels, each once, in the order of their first launches.</summary>
    public IReadOnlyList<MethodInfo> Kernels => queue.Kernels;

    /// <summary>Likewise those of our own compiler.</summary>
    public IReadOnlyList<Type> OwnKernels => own.Kernels;

    /// <summary>The operations that ran.</summary>
    public HashSet<Type> Operations { get; } = [];

    public override string Name => "launches";

    public override DeviceKind Kind => DeviceKind.Ilgpu;

    public override MemoryPlace Place => MemoryPlace.Nowhere;

    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    public override nint Allocate(long bytes) => AnyAddress;

    public override void Free(nint address) { }

    public override void CopyIn(void* source, nint target, long bytes) { }

    public override void CopyOut(nint source, void* target, long bytes) => new Span<byte>(target, checked((int)bytes)).Clear();

    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        Operations.Add(typeof(TOperation));
        queue.Workspace = workspace;
        operation.RunIlgpu(queue);
        own.Workspace = workspace;
        operation.TryRunCuda(own);
    }

    private sealed class Noting : IlgpuQueue
    {
        public List<MethodInfo> Kernels { get; } = [];

        internal override int Multiprocessors => MultiprocessorsOfH100;

        internal override ArrayView<T> View<T>(void* address, long count) => ArrayView<T>.Empty;

        internal override void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments)
        {
            if (!Kernels.Contains(kernel.Method))
                Kernels.Add(kernel.Method);
        }
    }

    private sealed class NotingOwn : CudaQueue
    {
        public List<Type> Kernels { get; } = [];

        internal override int Architecture => ArchitectureOfH100;

        internal override int Multiprocessors => MultiprocessorsOfH100;

        internal override void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0)
        {
            if (!Kernels.Contains(typeof(TKernel)))
                Kernels.Add(typeof(TKernel));
        }
    }
}
