using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>A switch that becomes an indexed branch.</summary>
/// <param name="x">[n]</param> <param name="y">[n]</param>
[KernelName("jump_table")]
public readonly struct JumpTable(View<int> x, View<int> y, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        int value = x[i];
        int result;
        switch (value & 3)
        {
            case 0: result = value * value; break;
            case 1: result = ~value; break;
            case 2: result = value >> 3; break;
            default: result = value / 7; break;
        }
        y[i] = result + Warp.ShuffleXor(result, 0, mask: Warp.ActiveMask);
    }
}
