namespace CogVideoX.Kernels.MachineCode;

/// <summary>What a tile multiplies, and by which instruction. Each two that follow each other here give the same bits.</summary>
internal enum TileArithmetic
{
    /// <summary>fp32 by fp32: fused multiply-adds in the order of k.</summary>
    Fp32,

    /// <summary>The same in bits, where the right factor comes as pairs of bf16, which are widened in registers.</summary>
    Fp32ByPairs,

    /// <summary>Pairs of bf16 by <c>vdpbf16ps</c>.</summary>
    Bf16,

    /// <summary>
    /// The same by fused multiply-adds: rows come as fp32 that bf16 holds exactly, columns as pairs, widened in registers.
    /// </summary>
    Bf16Widened,

    /// <summary>Blocks of sixteen pairs of bf16 by <c>tdpbf16ps</c>, an instruction of AMX.</summary>
    Amx,

    /// <summary>The same by fused multiply-adds, with factors as <see cref="Bf16Widened"/> has them.</summary>
    AmxWidened,
}
