using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Four 8×8 tiles out of registers, each stored transposed.</summary>
/// <param name="x">[32 lanes, 4]</param> <param name="y">[256]</param>
[KernelName("stmatrix_transposed")]
public readonly struct StmatrixTransposed(View<uint> x, View<ushort> y) : IKernel
{
    private const int Items = 256;

    public static Block Block => new(32);

    public void Run()
    {
        Shared<ushort> tiles = Shared.Array<ushort>(Items);
        int lane = Block.ThreadX;
        MatrixA<ushort> registers = default;
        for (int i = 0; i < 4; i++)
            registers[i] = x[lane * 4 + i];
        Mma.StoreTransposed(ref tiles[lane * 8], registers);
        Warp.Sync();
        for (int i = lane; i < Items; i += Warp.Size)
            y[i] = tiles[i];
    }
}
