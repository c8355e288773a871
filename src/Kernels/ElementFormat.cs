namespace CogVideoX.Kernels;

/// <summary>How numbers are stored. Arithmetic is in fp32 whatever the storage.</summary>
public enum ElementFormat : byte
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

    /// <summary>Blocks of 32: a binary16 scale, then 32 signed bytes (GGML's <c>block_q8_0</c>). Nothing computes with it yet.</summary>
    Q8Blocks32,

    /// <summary>
    /// Blocks of 256: two binary16 scales, 12 bytes of 6-bit scales and minima, then 256 halves of bytes (GGML's <c>block_q4_K</c>).
    /// Nothing computes with it yet.
    /// </summary>
    Q4Blocks256,
}
