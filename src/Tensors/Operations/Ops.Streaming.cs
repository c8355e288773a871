using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>In a dry run, the bytes of weights that would have come to the device beside its other work so far; 0 elsewhere.</summary>
    public long PlannedStreamedBytes => device is PlanningDevice plan ? plan.BytesBeside : 0;

    /// <summary>Whether weights that are stored so are computed with as they are.</summary>
    internal bool ReadsWeights(DType type) => type.IsKernelFloat && device.ReadsWeights(type.Format);

    /// <summary>Memory of the device that lasts, contents undefined, of which <see cref="Part"/> makes tensors.</summary>
    internal Tensor Block(long bytes) => Memory.Lasting(Bytes(bytes), DType.U8);

    /// <summary>A tensor in a block, as a view.</summary>
    /// <exception cref="TensorException">It leaves the block.</exception>
    internal static Tensor Part(Tensor block, long byteOffset, Shape shape, DType type) =>
        byteOffset >= 0 && byteOffset <= block.Bytes - type.BytesOf(shape.Count)
            ? new Tensor(block.Buffer, shape, type, byteOffset)
            : throw new TensorException($"A tensor {type} {shape} at byte {byteOffset} leaves a block of {block.Bytes}.");

    /// <summary>Copies stored weights into the device's memory, beside its other work, until <see cref="JoinCopies"/>.</summary>
    /// <param name="stored">A tensor on the host.</param>
    /// <param name="target">As many bytes on the device, which nothing reads or writes after the mark.</param>
    /// <param name="after">Behind the last work with the target.</param>
    internal unsafe void CopyBeside(Tensor stored, Tensor target, DeviceMark after) =>
        device.CopyInBeside(stored.Address, (nint)target.Address, stored.Bytes, after.Value);

    /// <summary>Operations from here on wait for all such copies.</summary>
    internal void JoinCopies() => device.JoinCopies();
}
