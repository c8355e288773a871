using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Numbers of a format that is known when a kernel is compiled.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
internal readonly unsafe struct CudaNumbers<T> : ICudaNumbers<CudaNumbers<T>> where T : unmanaged
{
    private readonly T* address;

    private CudaNumbers(T* address) => this.address = address;

    /// <inheritdoc/>
    public static CudaNumbers<T> Of(Elements operand) => new((T*)operand.Address);

    /// <inheritdoc/>
    public bool IsNull => address == null;

    /// <inheritdoc/>
    public void Eight(long index, Registers<float> values) => PackedEight<T>.Widen(*(Bits128*)(address + index), values);
}
