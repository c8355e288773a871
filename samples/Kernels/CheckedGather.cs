using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Elements at given places; says which places are negative, and stops at one beyond the end.</summary>
/// <param name="x">[any]</param> <param name="places">[n]</param> <param name="y">[n]</param>
[KernelName("checked_gather")]
public readonly struct CheckedGather(View<float> x, View<int> places, View<float> y, int n) : IKernel
{
    public static Block Block => new(32);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        int place = places[i];
        Device.Assert(place < x.Length);
        if (place < 0)
            Device.Print("place {0} is {1}, after {2:F2}", i, place, x[0]);
        y[i] = place < 0 ? 0 : x[place];
    }
}
