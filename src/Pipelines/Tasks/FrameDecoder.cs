using System.Runtime.InteropServices;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Latents to frames: unscaled, decoded, brought from −1 … 1 to 0 … 1, and handed to the sink. A frame is handed on as soon as it is
/// there; in tiles, when all are, since each tile goes through the whole time.
/// </summary>
internal sealed class FrameDecoder
{
    private readonly RunState state;
    private readonly int frames, height, width;
    private readonly bool reads; // a dry run has no frames to hand on
    private bool hasBegun;

    public FrameDecoder(RunState state)
    {
        this.state = state;
        (long count, long high, long wide) = LatentShapes.VideoOf(state.Latents.Shape, state.Model.Folder.Vae);
        (frames, height, width) = (checked((int)count), checked((int)high), checked((int)wide));
        reads = state.Sink is not null;
    }

    private int FrameLength => 3 * height * width;

    /// <exception cref="GenerationException">Frames that aren't finite.</exception>
    /// <exception cref="SinkException">The sink failed.</exception>
    public void Decode()
    {
        using MemoryScope scope = state.Ops.Scope();
        using Ops.ActivationScope types = state.Ops.ComputeIn(state.Parts.Types.Vae);
        Tensor scaled = state.Ops.Scale(state.Latents, (float)(1 / state.Model.Folder.Vae.ScalingFactor));
        if (state.Settings.VaeTiling == TilingMode.On)
            DecodeTiles(scaled);
        else
            DecodeWhole(scaled);
    }

    private void DecodeWhole(Tensor scaled)
    {
        float[] frame = reads ? new float[FrameLength] : [];
        state.Parts.VaeDecoder.Decode(scaled, HandOn, Progress);

        void HandOn(Tensor chunk)
        {
            if (!reads)
                return;
            FiniteCheck.Check(state.Ops, chunk, "the decoded frames");
            using MemoryScope scope = state.Ops.Scope();
            Tensor rows = state.Ops.Cast(chunk, DType.F32).Reshape([chunk.Shape[1], FrameLength]);
            for (int i = 0; i < chunk.Shape[1]; i++)
            {
                CopyAsUnit(rows.Rows(i, 1), frame);
                Write(frame);
            }
        }
    }

    private void DecodeTiles(Tensor scaled)
    {
        var collector = state.Sink as FrameCollector;
        float[] video = collector?.Data ?? (reads ? new float[frames * FrameLength] : []);
        (TileGrid rows, TileGrid columns) = TileSizes.For(state.Model.Folder.Vae);
        state.Parts.VaeDecoder.DecodeTiled(scaled, rows, columns, Place, Progress);
        for (int i = 0; collector is null && reads && i < frames; i++)
            Write(video.AsSpan(i * FrameLength, FrameLength));

        void Place(Tensor strip, int top)
        {
            if (!reads)
                return;
            FiniteCheck.Check(state.Ops, strip, "the decoded frames");
            using MemoryScope scope = state.Ops.Scope();
            int length = 3 * width * strip.Shape[2];
            Tensor parts = state.Ops.Cast(strip, DType.F32).Reshape([frames, length]);
            for (int i = 0; i < frames; i++)
                CopyAsUnit(parts.Rows(i, 1), video.AsSpan(i * FrameLength + 3 * width * top, length));
        }
    }

    private void Progress(int done, int blocks) => state.Clock.At((double)done / blocks);

    private static void CopyAsUnit(Tensor pixels, Span<float> result)
    {
        pixels.CopyTo(MemoryMarshal.AsBytes(result));
        for (int i = 0; i < result.Length; i++)
            result[i] = Math.Clamp(result[i] * 0.5f + 0.5f, 0, 1);
    }

    private void Write(ReadOnlySpan<float> frame)
    {
        try
        {
            if (!hasBegun)
                state.Sink!.Begin(state.Settings, new VideoShape(frames, height, width, state.Settings.Rate.Decided()));
            hasBegun = true;
            state.Sink!.Write(frame, state.Clock.Cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !state.Clock.Cancellation.IsCancellationRequested)
        {
            // A sink's own timeout is an OperationCanceledException, too: nobody cancelled the run, and its latents must not be lost.
            throw new SinkException(exception.Message, VideoLatents.Of(state.Latents), exception);
        }
    }
}
