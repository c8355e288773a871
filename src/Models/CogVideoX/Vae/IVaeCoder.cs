using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>One direction of the VAE, a chunk of frames at a time.</summary>
internal interface IVaeCoder
{
    /// <summary>Sees the result of each stage by name.</summary>
    Action<string, Tensor>? Observer { get; set; }

    /// <summary>Residual blocks that a chunk goes through: the steps of its progress.</summary>
    int BlockCount { get; }

    /// <summary>How many frames a chunk of so many becomes.</summary>
    int FramesFrom(int frames);

    /// <param name="chunk">[B, F, H, W, channels]</param>
    /// <param name="past">What the chunks before left behind</param>
    /// <param name="blockDone">Told after each residual block; may throw to cancel</param>
    Tensor Forward(Tensor chunk, FramesBefore past, Action blockDone);
}
