namespace CogVideoX.Kernels.MachineCode;

/// <summary>Packed weights that outlive an operation: the first that needs them packs them here.</summary>
internal unsafe struct KeptPanels
{
    /// <summary>As many bytes as <see cref="CpuPanels.Bytes"/>.</summary>
    public byte* Memory;

    /// <summary>Whether they are there already.</summary>
    public bool ArePacked;
}
