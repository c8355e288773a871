using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Reads a tile that cp.async is still bringing.</summary>
[KernelName("bad_missing_cp_async_wait")]
public readonly struct MissingCopyWait(View<BFloat16> a, View<BFloat16> b, View<float> c, int m, int n, int k) : IKernel
{
    private const int Rows = 16, Columns = 16, Chunk = 8, Pitch = Columns + Chunk;

    public static Block Block => new(128);

    public void Run()
    {
        Shared<BFloat16> tile = Shared.Array<BFloat16>(Rows * Pitch);
        int lane = Block.ThreadX % Warp.Size, row = lane / 2, column = lane % 2 * Chunk;
        if (Block.ThreadX < Warp.Size)
            AsyncCopy.Sixteen(ref tile[row * Pitch + column], ref a[row * k + column]);
        AsyncCopy.Commit();
        Block.Sync();
        MatrixA<BFloat16> left = Mma.LoadA(ref tile[lane % 16 * Pitch + lane / 16 * Chunk]);
        MatrixB<BFloat16> right = default;
        right[0] = b.As<uint>()[lane % Math.Min(m, n)];
        c[Block.ThreadX] = Mma.Multiply(left, right, default)[0];
    }
}
