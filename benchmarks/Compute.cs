using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>In which arithmetic the CPU is measured, and its peak: the arithmetic's own instruction on registers alone.</summary>
/// <param name="arithmetic">What products multiply.</param>
internal sealed class Compute(CpuArithmetic arithmetic)
{
    private readonly CpuTiles pairs = arithmetic == CpuArithmetic.Bf16 ? CpuTiles.Bf16 : default;

    /// <summary>Whether factors are rounded to bf16.</summary>
    public bool IsBf16 => arithmetic == CpuArithmetic.Bf16;

    /// <summary>Operations of it.</summary>
    public Ops Open(int threads) => new(new CpuDevice(threads, arithmetic));

    /// <summary>Some milliseconds of the peak.</summary>
    public void Turn(CpuThreads team)
    {
        if (IsBf16)
            PeakCode.Turn(team, pairs);
        else
            Peak.Turn(team);
    }

    /// <summary>GFLOP of one of them.</summary>
    public double TurnGigaflops(CpuThreads team) => IsBf16 ? PeakCode.TurnGigaflops(team, pairs) : Peak.TurnGigaflops(team);

    /// <summary>Random numbers in fp32 that this arithmetic holds exactly, so that a gate's bounds are the same in both.</summary>
    public Tensor Random(Ops ops, Shape shape)
    {
        Tensor tensor = RandomTensor.Of(ops, DType.F32, shape);
        foreach (ref float value in tensor.AsSpan<float>())
            value = IsBf16 ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000) : value;
        return tensor;
    }
}
