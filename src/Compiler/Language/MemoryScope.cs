namespace CogVideoX.Compiler.Language;

/// <summary>For which threads an operation is atomic and orders memory. A narrower one may be faster.</summary>
public enum MemoryScope
{
    /// <summary>All threads of this device (.gpu).</summary>
    [PtxWord("")]
    Device,

    /// <summary>Those of the block (.cta).</summary>
    [PtxWord(".cta")]
    Block,

    /// <summary>Those of the cluster (.cluster, from sm_90 on).</summary>
    [PtxWord(".cluster", Architecture = 90, IsaVersion = 78)]
    Cluster,

    /// <summary>Those of all devices, and the host (.sys).</summary>
    [PtxWord(".sys")]
    System,
}
