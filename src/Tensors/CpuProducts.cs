namespace CogVideoX.Tensors;

/// <summary>What the CPU multiplies in products. Activations are stored as fp32, and sums are fp32, in any case.</summary>
public enum CpuProducts
{
    /// <summary>fp32 by fp32.</summary>
    Fp32,

    /// <summary>
    /// bf16, which both factors are rounded to. The same bits on every x64 processor with AVX2 and FMA; faster where it has AVX512-BF16.
    /// </summary>
    Bf16,

    /// <summary>
    /// bf16 in the order in which AMX adds: faster on processors that have AMX-BF16, and slower than <see cref="Bf16"/> on others, which
    /// give the same bits.
    /// </summary>
    Bf16Amx,
}
