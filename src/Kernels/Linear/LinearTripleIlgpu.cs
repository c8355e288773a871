using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearTriple
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        // One after the other: what a device would save by running the end of one beside the beginning of the next is little.
        first.RunIlgpu(queue);
        second.RunIlgpu(queue);
        third.RunIlgpu(queue);
    }
}
