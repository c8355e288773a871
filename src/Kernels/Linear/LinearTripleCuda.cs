using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearTriple : IUsesWorkspace, IHasTiles
{
    /// <summary>That of one product: the next begins when it is done.</summary>
    public long WorkspaceBytes(DeviceKind kind) =>
        Math.Max(first.WorkspaceBytes(kind), Math.Max(second.WorkspaceBytes(kind), third.WorkspaceBytes(kind)));

    /// <summary>That of one of them, which are of the same sizes.</summary>
    public TiledProblem? Problem => first.Problem;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue) => first.HasCuda && second.HasCuda && third.HasCuda
        && first.TryRunCuda(queue) && second.TryRunCuda(queue) && third.TryRunCuda(queue);
}
