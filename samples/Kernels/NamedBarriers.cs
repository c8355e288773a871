using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Two warps that produce hand over to two that consume, through barriers 1 and 2.</summary>
/// <param name="x">[4, 64]</param> <param name="y">[4, 64]</param>
[KernelName("named_barriers")]
public readonly struct NamedBarriers(View<float> x, View<float> y) : IKernel
{
    private const int Rounds = 4, Items = 64, Full = 1, Empty = 2;

    public static Block Block => new(2 * Items);

    public void Run()
    {
        Shared<float> items = Shared.Dynamic<float>();
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        for (int round = 0; round < Rounds; round++)
        {
            if (warp < 2)
            {
                if (round > 0)
                    NamedBarrier.Sync(Empty, Block.Size);
                items[Block.ThreadX] = x[round * Items + Block.ThreadX] * 2;
                NamedBarrier.Arrive(Full, Block.Size);
            }
            else
            {
                NamedBarrier.Sync(Full, Block.Size);
                int item = (warp - 2) * Warp.Size + lane;
                y[round * Items + item] = items[Items - 1 - item];
                if (round < Rounds - 1)
                    NamedBarrier.Arrive(Empty, Block.Size);
            }
        }
    }
}
