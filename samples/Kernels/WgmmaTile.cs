using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>What the wgmma kernels do with a finished tile.</summary>
internal static class WgmmaTile
{
    /// <summary>Writes a warpgroup's 64×64 sum.</summary>
    /// <param name="c">[64, pitch]</param>
    public static void Store(View<float> c, int pitch, in Sum64x64 sum)
    {
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        for (int j = 0; j < 8; j++)
        {
            for (int half = 0; half < 2; half++)
            {
                int row = warp * 16 + lane / 4 + half * 8, column = j * 8 + lane % 4 * 2;
                c.As<Float2>()[(row * pitch + column) / 2] = new(sum[j * 4 + half * 2], sum[j * 4 + half * 2 + 1]);
            }
        }
    }
}
