using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// What the causal convolutions of a decoder saw last, while one video goes through it in chunks. It is all that a chunk knows of
/// those before it.
/// </summary>
/// <param name="ops">Where the frames live.</param>
/// <param name="owner">The scope of the whole video.</param>
internal sealed class FramesBefore(Ops ops, MemoryScope owner)
{
    private readonly Dictionary<CausalConv3d, Tensor> frames = [];

    /// <summary>False in the last chunk: then nothing needs to be kept.</summary>
    public bool ChunkFollows { get; set; }

    /// <summary>The frames before this chunk, or none in the first.</summary>
    public Tensor Of(CausalConv3d convolution) => frames.GetValueOrDefault(convolution);

    public void Replace(CausalConv3d convolution, Tensor latest)
    {
        if (frames.TryGetValue(convolution, out Tensor former))
            ops.Memory.Release(former);
        frames[convolution] = owner.Adopt(latest);
    }
}
