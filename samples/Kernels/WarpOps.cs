using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Shuffles, votes and reductions of a warp.</summary>
/// <param name="x">[threads]</param> <param name="y">[threads, 8]</param>
[KernelName("warp_ops")]
public readonly struct WarpOps(View<int> x, View<int> y) : IKernel
{
    private const uint OddLanes = 0xaaaaaaaa, EvenLanes = 0x55555555;

    public static Block Block => new(64);

    public void Run()
    {
        int value = x[Block.ThreadX], lane = Block.ThreadX % Warp.Size;
        View<int> r = y.Slice(Block.ThreadX * 8, 8);
        r[0] = Warp.Shuffle(value, (lane * 7 + 3) & 31);
        r[1] = Warp.ShuffleUp(value, 3);
        r[2] = Warp.ShuffleDown(value, 5, 16);
        r[3] = Warp.ShuffleXor(value, 9, 8);
        r[4] = (Warp.Any(value > 90) ? 1 : 0) | ((Warp.Every(value > -1000) ? 1 : 0) << 1);
        r[5] = Warp.ReduceAdd(value);
        r[6] = Warp.ReduceMax(value, lane % 2 != 0 ? OddLanes : EvenLanes);
        r[7] = (int)Warp.ReduceXor((uint)value);
    }
}
