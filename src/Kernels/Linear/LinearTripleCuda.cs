using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearTriple : IUsesWorkspace, IHasTiles
{
    /// <summary>On the CPU that of all products, which run together; elsewhere of one, the next of which begins when it is done.</summary>
    public long WorkspaceBytes(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu or DeviceKind.CpuBf16 or DeviceKind.CpuBf16Amx => Together(kind).Bytes,
        _ => Math.Max(first.WorkspaceBytes(kind), Math.Max(second.WorkspaceBytes(kind), third.WorkspaceBytes(kind))),
    };

    /// <summary>That of one of them, which are of the same sizes.</summary>
    public TiledProblem? Problem => first.Problem;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue) => first.HasCuda && second.HasCuda && third.HasCuda
        && first.TryRunCuda(queue) && second.TryRunCuda(queue) && third.TryRunCuda(queue);
}
