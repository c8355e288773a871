using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Distributed shared memory: each of two blocks reads the other's numbers in reverse.</summary>
/// <param name="x">[2, 64]</param> <param name="y">[2, 64]</param>
[KernelName("cluster_exchange")]
public readonly struct ClusterExchange(View<int> x, View<int> y) : IKernel
{
    private const int Items = 64, RankWeight = 1000;

    public static Block Block => new(Items);

    public static Block ClusterShape => new(2);

    public void Run()
    {
        Shared<int> items = Shared.Array<int>(Items);
        uint rank = Cluster.Rank;
        int at = Grid.BlockX * Items + Block.ThreadX;
        items[Block.ThreadX] = x[at] + (int)rank * RankWeight;
        Cluster.Sync();
        uint peer = Cluster.AddressIn(ref items[Items - 1 - Block.ThreadX], rank ^ 1);
        y[at] = Cluster.Read<int>(peer);
        Cluster.Meet();   // the peer may still read here
    }
}
