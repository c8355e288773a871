using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Attention : IAnyWidth, IUsesWorkspace
{
    private const int LargestQueryBlock = 1024, SmallestQueryBlock = 48;
    private const int BlocksPerThread = 3;

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => WidestVectors.Run(this, threads);

    /// <summary>In bf16 on the CPU, keys and values as its products take them.</summary>
    public long WorkspaceBytes(DeviceKind kind) =>
        kind == DeviceKind.CpuBf16 && PairTiles.AreHere ? new PairHeads(PairTiles.Here, size).Bytes : 0;

    /// <inheritdoc/>
    public static bool HasCpuBf16 => true;

    /// <inheritdoc/>
    public void RunCpuBf16(CpuThreads threads)
    {
        PairTiles tiles = PairTiles.Here;
        if (tiles.VectorBytes == 64)
            RunPairs<Simd512, Vector512<float>>(threads, tiles);
        else
            RunPairs<Simd256, Vector256<float>>(threads, tiles);
    }

    void IAnyWidth.RunCpu<TSimd, TVector>(CpuThreads threads)
    {
        if (size.Queries == 0)
            return;
        (int rows, int blocks) = Cut<TSimd, TVector>(threads);
        threads.For(checked(size.Batch * size.Heads * blocks), new Blocks<TSimd, TVector>(this, rows, blocks));
    }

    private void RunPairs<TSimd, TVector>(CpuThreads threads, PairTiles tiles)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (size.Queries == 0)
            return;
        var heads = new PairHeads(tiles, size);
        byte* packed = (byte*)threads.Workspace;
        threads.For(heads.Count, new PairPacking(this, tiles, heads, packed));
        (int rows, int blocks) = Cut<TSimd, TVector>(threads);
        var body = new PairBlocks<TSimd, TVector>(this, tiles, heads, packed, rows, blocks);
        threads.For(checked(size.Batch * size.Heads * blocks), body);
    }

    // Queries of a block, and how many blocks a head has.
    private (int Rows, int Blocks) Cut<TSimd, TVector>(CpuThreads threads)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        int blocks = LinearGrid.Parts(size.Queries, LargestQueryBlock);
        long heads = (long)size.Batch * size.Heads;
        while (blocks * heads < BlocksPerThread * threads.Count && size.Queries / (blocks + 1) >= SmallestQueryBlock)
            blocks++;
        int rows = LinearGrid.RoundUp(LinearGrid.Parts(size.Queries, blocks), MicroKernel<TSimd, TVector>.Columns);
        return (rows, LinearGrid.Parts(size.Queries, rows));
    }
}
