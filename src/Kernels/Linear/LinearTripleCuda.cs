using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearTriple : IUsesWorkspace
{
    /// <summary>That of one product: the next begins when it is done.</summary>
    public long WorkspaceBytes(DeviceKind kind) =>
        Math.Max(first.WorkspaceBytes(kind), Math.Max(second.WorkspaceBytes(kind), third.WorkspaceBytes(kind)));

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue) => first.HasCuda && second.HasCuda && third.HasCuda
        && first.TryRunCuda(queue) && second.TryRunCuda(queue) && third.TryRunCuda(queue);
}
