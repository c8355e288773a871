using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Tensors;

/// <summary>Which <see cref="CpuProducts"/> this processor has, by which instructions, and how fast they are.</summary>
internal static class CpuPaths
{
    // A Zen 5 on two threads: products 900 to 1,000 GFLOP/s against 420, whole steps about twice as fast (docs/measurements.md). What
    // isn't a product gains nothing, and has a larger share in small videos.
    private const double GainOfInstruction = 1.8;

    private static readonly Lazy<(CpuFeatures Features, string? Problem)> Here = new(Detect);

    /// <summary>The instruction sets that products may use.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static string InstructionSets => Here.Value.Features.ToString();

    /// <summary>How many arithmetics have tiles that were measured here, and why those that are kept aren't used, if they aren't.</summary>
    public static (int Count, string? Problem) Tuned => (TunedTiles.Here.Count, TunedTiles.Here.Problem);

    /// <summary>By which instruction products of bf16 are computed; null where they can't be.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static string? InstructionOfBf16 => HasInstruction ? "vdpbf16ps" : Here.Value.Features.Fma ? "fused multiply-add" : null;

    /// <summary>The fastest that it has an instruction for; by fused multiply-adds bf16 is no faster than fp32.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static CpuProducts Fastest => Here.Value.Features.AmxBf16 ? CpuProducts.Bf16Amx
        : HasInstruction ? CpuProducts.Bf16
        : CpuProducts.Fp32;

    /// <summary>The kind of a device that multiplies so.</summary>
    public static DeviceKind KindOf(CpuProducts products) => CpuDevice.KindOf(ArithmeticOf(products));

    /// <summary>The same as devices call it.</summary>
    public static CpuArithmetic ArithmeticOf(CpuProducts products) => products switch
    {
        CpuProducts.Bf16 => CpuArithmetic.Bf16,
        CpuProducts.Bf16Amx => CpuArithmetic.Bf16Amx,
        _ => CpuArithmetic.Fp32,
    };

    /// <summary>How many times as fast as in fp32 a long run is, about; 1 where it isn't faster.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static double Gain(CpuProducts products) => products switch
    {
        CpuProducts.Bf16 when HasInstruction => GainOfInstruction,
        CpuProducts.Bf16Amx when Here.Value.Features.AmxBf16 => GainOfInstruction, // AMX was at hand for nobody here
        _ => 1,
    };

    /// <summary>Why products can't be so here; null where they can.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    public static string? Lack(CpuProducts products)
    {
        if (products == CpuProducts.Fp32 || Here.Value.Features.Fma)
            return null;
        return Here.Value.Problem ?? "on a CPU it takes an x64 processor with AVX2 and FMA, and this one lacks them";
    }

    /// <summary>Whether there is an instruction for dot products of pairs of bf16.</summary>
    private static bool HasInstruction => Here.Value.Features.Avx512Bf16;

    // A system that lets nobody write machine code has none of our products; all else runs.
    private static (CpuFeatures Features, string? Problem) Detect()
    {
        try
        {
            return (CpuFeatures.Detected, CpuFeatures.Problem);
        }
        catch (InvalidOperationException exception)
        {
            throw new DeviceException(exception.Message, exception);
        }
    }
}
