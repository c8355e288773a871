using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct LinearGatedGelu : IHasTiles
{
    /// <summary>That of one of both products.</summary>
    public TiledProblem? Problem => Gated(default).Problem;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        // The factor stays in fp32, as sums are: so the result is rounded once.
        Elements factor = (float*)queue.Workspace;
        Linear product = Factor(x, factor), gated = Gated(factor);
        nint parts = queue.Workspace + (nint)CudaFactorBytes;
        return product.HasCuda && gated.HasCuda && product.TryRunCuda(queue, parts) && gated.TryRunCuda(queue, parts);
    }

    private bool HasCuda => Factor(x, default).HasCuda && Gated(default).HasCuda;

    // Rounded up, so that sums of parts behind it are aligned.
    private long CudaFactorBytes => (FactorBytes + CudaQueue.AccessBytes - 1) / CudaQueue.AccessBytes * CudaQueue.AccessBytes;

    private long CudaWorkspaceBytes => CudaFactorBytes + Gated(default).WorkspaceBytes(DeviceKind.Ilgpu);
}
