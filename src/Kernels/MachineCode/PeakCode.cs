using System.Collections.Concurrent;
using CogVideoX.Kernels.Devices;
using static Iced.Intel.AssemblerRegisters;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>The most that an instruction of <see cref="TileForm"/> does here: many of it on registers, none waiting for another.</summary>
internal static unsafe class PeakCode
{
    private const int Chains = 24, NarrowChains = 12; // of 32 registers, and of 16
    private const int Steps = 100_000;

    private static readonly ConcurrentDictionary<(TileArithmetic, int), nint> Placed = new();

    /// <summary>GFLOP of one <see cref="Turn"/>.</summary>
    public static double TurnGigaflops(CpuThreads team, CpuTiles tiles)
    {
        int flops = tiles.VectorBytes / sizeof(float) * (tiles.Arithmetic == TileArithmetic.Bf16 ? 4 : 2);
        return 1e-9 * team.Count * Steps * ChainsOf(tiles) * flops;
    }

    /// <summary>Some milliseconds of it on all threads.</summary>
    public static void Turn(CpuThreads team, CpuTiles tiles)
    {
        nint code = Placed.GetOrAdd((tiles.Arithmetic, tiles.VectorBytes), _ => Place(tiles));
        team.For(team.Count, new Loop(code));
    }

    private static nint Place(CpuTiles tiles)
    {
        var vectors = new VectorAssembler(tiles.VectorBytes);
        Iced.Intel.Assembler code = vectors.Code;
        Iced.Intel.Label loop = code.CreateLabel();
        int registers = tiles.VectorBytes == 64 ? 32 : 16;
        for (int i = 0; i < registers; i++)
            vectors.Zero(i);
        code.mov(eax, Steps);
        code.Label(ref loop);
        for (int i = 0; i < ChainsOf(tiles); i++)
        {
            if (tiles.Arithmetic == TileArithmetic.Bf16)
                vectors.DotPairs(i, registers - 2, registers - 1);
            else
                vectors.MultiplyAdd(i, registers - 2, registers - 1);
        }
        code.dec(eax);
        code.jnz(loop);
        code.vzeroupper();
        code.ret();
        CodeFeatures.Check(code.Instructions, CpuFeatures.Detected);
        return ExecutableMemory.Place(code);
    }

    private static int ChainsOf(CpuTiles tiles) => tiles.VectorBytes == 64 ? Chains : NarrowChains;

    private readonly struct Loop(nint code) : IParallelBody
    {
        public void Run(int item, CpuWorker worker) => ((delegate* unmanaged<void>)code)();
    }
}
