using ILGPU;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>How kernels are verified.</summary>
public sealed record VerifierOptions
{
    /// <summary>What kernels are compiled for.</summary>
    public CudaArchitecture Architecture { get; init; } = CudaArchitecture.SM_80;

    /// <summary>Decides how warps take turns: another seed is another run that the device could have made.</summary>
    public int Seed { get; init; }

    /// <summary>Whether to count sectors, bank conflicts and divergence, which takes time.</summary>
    public bool Count { get; init; }

    /// <summary>What else the program's context needs, such as <c>builder => builder.EnableAlgorithms()</c>.</summary>
    public Action<Context.Builder>? Context { get; init; }

    /// <summary>
    /// Takes a plain load beside an atomic on the same place for the start of a compare-and-swap loop, as ILGPU's own atomics on floats
    /// have it (docs/emulator.md). By the letter of the PTX ISA that is a race.
    /// </summary>
    public bool AcceptPlainReadsOfAtomics { get; init; } = true;
}
