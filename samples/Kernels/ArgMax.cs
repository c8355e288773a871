using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>The largest of each 32 numbers and its place: a struct goes through the warp.</summary>
/// <param name="x">[warps, 32]</param> <param name="largest">[warps]</param> <param name="places">[warps]</param>
[KernelName("arg_max")]
public readonly struct ArgMax(View<double> x, View<double> largest, View<short> places) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        var best = new Candidate(x[i], (short)(i % Warp.Size), true);
        for (int bits = Warp.Size / 2; bits > 0; bits /= 2)
        {
            Candidate other = Warp.ShuffleXor(best, bits);
            if (other.Value > best.Value || (other.Value == best.Value && other.Place < best.Place))
                best = other;
        }
        if (i % Warp.Size != 0 || !best.IsSet)
            return;
        largest[i / Warp.Size] = best.Value;
        places[i / Warp.Size] = best.Place;
    }

    private readonly record struct Candidate(double Value, short Place, bool IsSet);
}
