using System.Numerics;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Threads that part: loops of different length, a switch, votes among those that are left.</summary>
/// <param name="x">[n], at least 1</param> <param name="y">[n]</param>
[KernelName("divergent")]
public readonly struct Divergent(View<int> x, View<int> y, int n) : IKernel
{
    private const int PathLength = 8, LongestWalk = 40;

    public static Block Block => new(128);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        Shared<int> path = Shared.Array<int>(PathLength * Block.Size).Slice(PathLength * Block.ThreadX);   // registers have no addresses
        for (int j = 0; j < PathLength; j++)
            path[j] = 0;
        uint active = Warp.ActiveMask;
        int k = Collatz(x[i], path);
        int sum = 0;
        for (int j = 0; j < PathLength; j++)
            sum += path[(j * 5 + k) & (PathLength - 1)] * (j + 1);
        switch (k % 7)
        {
            case 0: sum ^= 0x55; break;
            case 1: sum += 1000; break;
            case 2: sum = -sum; break;
            case 3: sum *= 3; break;
            case 4: sum -= k; break;
            case 5: sum = (sum << 2) | 1; break;
            default: sum = 7; break;
        }
        uint even = Warp.Ballot((k & 1) == 0, active), same = Warp.MatchAny(k & 3, active);
        y[i] = sum + BitOperations.PopCount(even) * 65536 + ((BitOperations.TrailingZeroCount(same) + 1) << 24);
        if (k > 20)
            return;
        y[i] += BitOperations.PopCount(Warp.ActiveMask) > 0 ? 1 : 0;
    }

    private static int Collatz(int n, Shared<int> path)
    {
        int k = 0;
        while (n != 1 && k < LongestWalk)
        {
            path[k & (PathLength - 1)] = n;
            n = (n & 1) != 0 ? 3 * n + 1 : n / 2;
            k++;
        }
        return k;
    }
}
