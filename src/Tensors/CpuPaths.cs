using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Tensors;

/// <summary>Which <see cref="CpuProducts"/> this processor has, and how fast they are.</summary>
internal static class CpuPaths
{
    // A Zen 5 on two threads: products 900 to 1,000 GFLOP/s against 420, whole steps about twice as fast (docs/measurements.md). What
    // isn't a product gains nothing, and has a larger share in small videos.
    private const double GainOfInstruction = 1.8;

    /// <summary>The fastest that it has an instruction for; by fused multiply-adds bf16 is no faster than fp32.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static CpuProducts Fastest => HasInstruction ? CpuProducts.Bf16 : CpuProducts.Fp32;

    /// <summary>How many times as fast as in fp32 a long run is, about; 1 where it isn't faster.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static double Gain(CpuProducts products) => products == CpuProducts.Bf16 && HasInstruction ? GainOfInstruction : 1;

    /// <summary>Why products can't be so here; null where they can.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static string? Lack(CpuProducts products) => products == CpuProducts.Fp32 || Detected.Fma
        ? null
        : "on a CPU it takes an x64 processor with AVX2 and FMA, and here there is neither";

    /// <summary>Whether there is an instruction for dot products of pairs of bf16.</summary>
    private static bool HasInstruction => Detected.Avx512Bf16;

    private static CpuFeatures Detected
    {
        get
        {
            try
            {
                return CpuFeatures.Detected;
            }
            catch (InvalidOperationException exception)
            {
                throw new DeviceException(exception.Message, exception);
            }
        }
    }
}
