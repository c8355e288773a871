namespace CogVideoX.Kernels.MachineCode;

/// <summary>What a tile multiplies, and by which instruction. The last two give the same bits.</summary>
internal enum TileArithmetic
{
    /// <summary>fp32 by fp32: fused multiply-adds in the order of k.</summary>
    Fp32,

    /// <summary>Pairs of bf16 by <c>vdpbf16ps</c>.</summary>
    Bf16,

    /// <summary>
    /// The same by fused multiply-adds: rows come as fp32 that bf16 holds exactly, columns as pairs, widened in registers.
    /// </summary>
    Bf16Widened,
}
