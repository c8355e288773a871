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

    /// <summary>Blocks of 32: a binary16 scale, then 32 signed bytes (GGML's <c>block_q8_0</c>).</summary>
    Q8Blocks32,

    /// <summary>
    /// Blocks of 256: two binary16 scales, 12 bytes of 6-bit scales and minima, then 256 halves of bytes (GGML's <c>block_q4_K</c>).
    /// </summary>
    Q4Blocks256,

    /// <summary>Blocks of 32: a binary16 scale, then 32 halves of bytes less 8 (GGML's <c>block_q4_0</c>).</summary>
    Q4Blocks32,

    /// <summary>Blocks of 32: a binary16 scale and minimum, then 32 halves of bytes (GGML's <c>block_q4_1</c>).</summary>
    Q4MinBlocks32,

    /// <summary>Blocks of 32: a binary16 scale, then 32 times five bits less 16 (GGML's <c>block_q5_0</c>).</summary>
    Q5Blocks32,

    /// <summary>Blocks of 32: a binary16 scale and minimum, then 32 times five bits (GGML's <c>block_q5_1</c>).</summary>
    Q5MinBlocks32,

    /// <summary>Blocks of 256: 16 bytes of 4-bit scales and minima, 256 times two bits, two binary16 scales (<c>block_q2_K</c>).</summary>
    Q2Blocks256,

    /// <summary>Blocks of 256: 256 times three bits less 4, 12 bytes of 6-bit scales, a binary16 scale (<c>block_q3_K</c>).</summary>
    Q3Blocks256,

    /// <summary>As <see cref="Q4Blocks256"/> with a fifth bit for each number (<c>block_q5_K</c>).</summary>
    Q5Blocks256,

    /// <summary>Blocks of 256: 256 times six bits less 32, 16 signed bytes of scales, a binary16 scale (<c>block_q6_K</c>).</summary>
    Q6Blocks256,

    /// <summary>Blocks of 32: a binary16 scale, then 32 halves of bytes that name one of 16 values (<c>block_iq4_nl</c>).</summary>
    Iq4Blocks32,

    /// <summary>Blocks of 256 of the same values: a binary16 scale, eight 6-bit scales (<c>block_iq4_xs</c>).</summary>
    Iq4Blocks256,
}
