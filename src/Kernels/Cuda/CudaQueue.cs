using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// Where kernels of our own compiler are launched: the stream of a card with CUDA, or of the emulator. Its device gives it to
/// <see cref="IOperation.TryRunCuda"/>; launches are in order, and end later.
/// </summary>
public abstract unsafe class CudaQueue
{
    /// <summary>Bytes of the widest access; operands that don't begin at a multiple of it are left to the portable kernels.</summary>
    internal const int AccessBytes = 16;

    /// <summary>Memory that the running operation has beside its operands, as much as it asked for; 0 for none.</summary>
    internal nint Workspace { get; set; }

    /// <summary>Choices of tiles that were measured on the card; empty where nobody measured.</summary>
    internal TileTable Tiles { get; set; } = TileTable.Empty;

    /// <summary>Compute capability without its point: 80, 89, 90.</summary>
    internal abstract int Architecture { get; }

    /// <summary>Streaming multiprocessors: how many CTAs it takes to have one on each.</summary>
    internal abstract int Multiprocessors { get; }

    /// <summary>What tiles are chosen by.</summary>
    internal TileCard Card => new(Multiprocessors, Architecture);

    /// <summary>Launches a kernel, which is compiled and loaded when it is first used.</summary>
    /// <param name="kernel">With its parameters.</param>
    /// <param name="grid">CTAs.</param>
    /// <param name="dynamicSharedBytes">Size of <c>Shared.Dynamic</c>, in each CTA.</param>
    internal abstract void Launch<TKernel>(in TKernel kernel, CudaGrid grid, int dynamicSharedBytes = 0) where TKernel : unmanaged, IKernel;

    /// <summary>Whether an operand may be read 16 bytes at a time from its beginning; so may one that isn't there.</summary>
    internal static bool IsAligned(Elements operand) => (nint)operand.Address % AccessBytes == 0;
}
