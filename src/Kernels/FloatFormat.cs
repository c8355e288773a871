namespace CogVideoX.Kernels;

/// <summary>How floating-point weights are stored. Arithmetic is in fp32 whatever the storage.</summary>
public enum FloatFormat
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>The upper half of a binary32: 8 exponent bits, 7 of fraction.</summary>
    BF16,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>OCP FP8 E4M3 (the "fn" form: no infinities, NaN is S.1111.111).</summary>
    F8E4M3,

    /// <summary>OCP FP8 E5M2.</summary>
    F8E5M2,
}
