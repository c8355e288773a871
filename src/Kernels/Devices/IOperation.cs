using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels.Devices;

/// <summary>
/// An operation ready to run: its launch arguments (operands and sizes, already checked by the caller) and one form for each kind of
/// device. A new operation is a new folder with a <c>readonly partial struct</c> that implements this; a form that it lacks is refused
/// where it would run, by name. What needs memory beside its operands implements <see cref="IUsesWorkspace"/> too.
/// </summary>
public interface IOperation
{
    /// <summary>Name in error messages and profiles.</summary>
    static abstract string Name { get; }

    /// <summary>
    /// Additions and multiplications that the definition of the operation asks for (1 multiply-add = 2). Exact up to 2⁵³, and rounded
    /// beyond, where a planned request may be however large.
    /// </summary>
    double Flops { get; }

    /// <summary>The naive form: what the definition says, one thread, any format, kept for ever as the oracle of the others.</summary>
    void RunReference();

    /// <summary>The fast form on the CPU. The result doesn't depend on the number of threads.</summary>
    /// <exception cref="MissingFormException">There is none.</exception>
    void RunCpu(CpuThreads threads) => throw new MissingFormException(GetType(), DeviceKind.Cpu);

    /// <summary>
    /// The same, where both factors of products are rounded to bf16, half to even, and each sum is a chain in fp32 that flushes subnormal
    /// numbers: the same bits on every processor that has fused multiply-add. Operations without products have no other form
    /// (<see cref="HasCpuBf16"/>).
    /// </summary>
    /// <exception cref="MissingFormException">There is none.</exception>
    void RunCpuBf16(CpuThreads threads) => throw new MissingFormException(GetType(), DeviceKind.CpuBf16);

    /// <summary>
    /// Whether <see cref="RunCpuBf16"/> is a form of its own; where it isn't, <see cref="RunCpu"/> is taken. (A default body that called
    /// that would put each operation on the heap.)
    /// </summary>
    static virtual bool HasCpuBf16 => false;

    /// <summary>
    /// The portable form: kernels that ILGPU compiles for whatever it drives. Sums are in fp32 and in one order, so that the same device
    /// gives the same bits.
    /// </summary>
    /// <exception cref="MissingFormException">There is none.</exception>
    void RunIlgpu(IlgpuQueue queue) => throw new MissingFormException(GetType(), DeviceKind.Ilgpu);

    /// <summary>
    /// The form for tensor cores and asynchronous copies: kernels of our own compiler, for sm_80 and later. Sums are in fp32 and in one
    /// order.
    /// </summary>
    /// <returns>False where it has none for these operands, their types or their sizes: nothing was launched.</returns>
    bool TryRunCuda(CudaQueue queue) => false;
}
