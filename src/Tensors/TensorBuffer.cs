using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// A block of memory that tensors view. Blocks of <see cref="Memory"/> are used again after their scope: the generation tells
/// a tensor of the former life from one of the present.
/// </summary>
internal sealed class TensorBuffer
{
    public nint Address;
    public long Bytes;
    public int Generation;

    /// <summary>Depth of the scope that frees it; −1 where no scope does (mapped files, tensors that last).</summary>
    public int ScopeDepth = -1;

    /// <summary>The device whose memory it is; null for what this process has mapped.</summary>
    public Device? Device;

    /// <summary>Where recorded work has its tensors, if it is such a one's; null elsewhere.</summary>
    public PlacedTensors? Places;

    /// <summary>Which of those.</summary>
    public int PlaceIndex;

    /// <summary>True where the system ends a program that writes (mapped files).</summary>
    public bool IsReadOnly;

    /// <summary>Where the contents are.</summary>
    public MemoryPlace Place => Device?.Place ?? MemoryPlace.Host;
}
