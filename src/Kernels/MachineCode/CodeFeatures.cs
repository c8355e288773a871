using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>Holds machine code to the instructions that a processor has, by the tables of the assembler.</summary>
internal static class CodeFeatures
{
    /// <exception cref="NotSupportedException">An instruction that the processor lacks.</exception>
    public static void Check(IEnumerable<Instruction> instructions, CpuFeatures features)
    {
        foreach (Instruction instruction in instructions)
        {
            foreach (CpuidFeature needed in instruction.CpuidFeatures)
            {
                if (!Has(features, needed))
                    throw new NotSupportedException($"This processor has no {instruction.Mnemonic} ({needed}); it has {features}.");
            }
        }
    }

    private static bool Has(CpuFeatures features, CpuidFeature needed) => needed switch
    {
        CpuidFeature.INTEL8086 or CpuidFeature.INTEL186 or CpuidFeature.INTEL386 or CpuidFeature.X64 or CpuidFeature.SSE
            or CpuidFeature.MULTIBYTENOP => true,
        CpuidFeature.AVX or CpuidFeature.AVX2 or CpuidFeature.FMA => features.Fma,
        CpuidFeature.AVX512F or CpuidFeature.AVX512BW or CpuidFeature.AVX512DQ or CpuidFeature.AVX512VL => features.Avx512,
        CpuidFeature.AVX512_BF16 => features.Avx512Bf16,
        CpuidFeature.AMX_TILE or CpuidFeature.AMX_BF16 => features.AmxBf16,
        _ => false,
    };
}
