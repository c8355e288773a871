using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearTriple : IUsesWorkspace
{
    /// <summary>That of one product, the next of which begins when it is done; in bf16 on the CPU they run together.</summary>
    public long WorkspaceBytes(DeviceKind kind) => kind == DeviceKind.CpuBf16
        ? new Linear.PairProducts(first, second, third).Bytes
        : Math.Max(first.WorkspaceBytes(kind), Math.Max(second.WorkspaceBytes(kind), third.WorkspaceBytes(kind)));

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue) => first.HasCuda && second.HasCuda && third.HasCuda
        && first.TryRunCuda(queue) && second.TryRunCuda(queue) && third.TryRunCuda(queue);
}
