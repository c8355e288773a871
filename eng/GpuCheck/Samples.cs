using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>Some numbers of large results: blocks at places that the count alone gives (torch_timings.py takes the same).</summary>
internal static class Samples
{
    private const int Blocks = 64, Block = 1024;
    private const long Step = 2654435761;

    /// <summary>Of each result, one behind the other; all of a small one.</summary>
    public static float[] Of(IEnumerable<Tensor> results) => [.. results.SelectMany(Of)];

    private static float[] Of(Tensor result)
    {
        if (result.Count <= Blocks * Block)
            return result.ToFloats();
        var bytes = new byte[Blocks * Block * result.Type.Size];
        int size = Block * result.Type.Size;
        for (int i = 0; i < Blocks; i++)
            result.CopyTo(i * Step % (result.Count - Block + 1) * result.Type.Size, bytes.AsSpan(i * size, size));
        using Ops host = Ops.OnCpu(1);
        return host.FromHost(bytes, [Blocks * Block], result.Type).ToFloats();
    }
}
