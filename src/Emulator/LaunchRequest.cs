namespace CogVideoX.Emulator;

/// <summary>One launch of a kernel.</summary>
/// <param name="Entry">name of the kernel</param> <param name="Grid">CTAs</param> <param name="Block">threads of a CTA</param>
/// <param name="DynamicSharedBytes">size of .extern .shared arrays</param>
/// <param name="Arguments">in the order of the parameters</param>
/// <param name="Buffers">global memory by name: read, and written back when the launch ends</param>
public sealed record LaunchRequest(
    string Entry, Dim3 Grid, Dim3 Block, int DynamicSharedBytes,
    IReadOnlyList<LaunchArgument> Arguments, IReadOnlyDictionary<string, byte[]> Buffers)
{
    /// <summary>All CTAs run at the same time (cudaLaunchCooperativeKernel), so that they may wait for each other.</summary>
    public bool Cooperative { get; init; }

    /// <summary>
    /// More buffers by name, of so many zeros: for offsets beyond what an array holds. Only what is written takes memory, and nothing is
    /// copied back.
    /// </summary>
    public IReadOnlyDictionary<string, long> SparseBuffers { get; init; } = new Dictionary<string, long>();

    /// <summary>Buffers whose bytes nobody has written yet: reading them before a write is a fault.</summary>
    public IReadOnlySet<string> Unwritten { get; init; } = new HashSet<string>();
}
