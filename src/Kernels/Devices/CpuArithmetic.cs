namespace CogVideoX.Kernels.Devices;

/// <summary>What the CPU's products multiply. Activations are stored as fp32, and sums are fp32, in any case.</summary>
public enum CpuArithmetic
{
    /// <summary>fp32.</summary>
    Fp32,

    /// <summary>
    /// bf16, which both factors are rounded to. The same bits on every x64 processor with FMA; faster where it has AVX512-BF16.
    /// </summary>
    Bf16,

    /// <summary>
    /// bf16 in the order in which AMX adds: blocks of sixteen pairs. The same bits on every x64 processor with FMA; faster where it has
    /// AMX-BF16, and slower than <see cref="Bf16"/> elsewhere.
    /// </summary>
    Bf16Amx,
}
