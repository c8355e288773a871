namespace CogVideoX.Emulator;

/// <summary>
/// How an architecture's tensor cores add up (MMA-Sim, arXiv 2511.10909): K in chunks; the exact products of a chunk and the
/// accumulator are aligned to the largest exponent, cut to some fraction bits, summed exactly and rounded once.
/// </summary>
/// <param name="ChunkBytes">bytes of one operand's K in a chunk</param> <param name="FractionBits">kept below the largest exponent</param>
internal sealed record MatrixRule(int ChunkBytes, int FractionBits)
{
    /// <summary>The rule of an architecture such as sm_80; newer ones than sm_90 take sm_90's.</summary>
    public static MatrixRule Of(string architecture)
    {
        string digits = new([.. architecture.Where(char.IsAsciiDigit)]);
        return int.TryParse(digits, out int version) && version < 90 ? new MatrixRule(16, 24) : new MatrixRule(32, 25);
    }
}
