using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// The 3D causal VAE of CogVideoX (arXiv 2408.06072, section 2.1): 8× smaller in height and width, 4× in time. Letters: B batch,
/// F latent frames, C latent channels, H W latent height and width.
/// </summary>
public sealed class CogVideoXVae
{
    // Chunks are part of the numbers: the norms take their statistics over one. The remainder goes with the first.
    internal const int LatentFramesPerChunk = 2;
    private const int VideoFramesPerChunk = 8;

    private readonly Ops ops;
    private readonly WeightReader weights;
    private readonly VaeConfig config;
    private VaeEncoder? encoder;
    private VaeDecoder? decoder;

    /// <param name="weights">The root of the VAE's weights. Each direction reads its own when it is first used, or told to.</param>
    /// <param name="config">Its sizes.</param>
    public CogVideoXVae(WeightReader weights, VaeConfig config)
    {
        this.weights = weights;
        this.config = config;
        ops = weights.Ops;
    }

    /// <summary>Sees the result of each stage of each chunk by name (<c>chunk0.mid_block</c>), for comparison with a reference.</summary>
    public Action<string, Tensor>? Observer { get; set; }

    private VaeEncoder Encoder => encoder ??= new VaeEncoder(weights["encoder"], config);

    private VaeDecoder Decoder => decoder ??= new VaeDecoder(weights["decoder"], config);

    /// <summary>Reads the weights of both directions now: then all weights of a checkpoint have been asked for.</summary>
    public void Build()
    {
        BuildEncoder();
        BuildDecoder();
    }

    /// <summary>Reads the encoder's weights now; what of them is converted lives in the caller's scope.</summary>
    public void BuildEncoder() => _ = Encoder;

    /// <summary>Reads the decoder's weights now; what of them is converted lives in the caller's scope.</summary>
    public void BuildDecoder() => _ = Decoder;

    /// <summary>Video to the distribution of its latents, not yet multiplied by the scaling factor.</summary>
    /// <param name="frames">
    /// [B, F, H, W, 3] in −1 … 1; F is 1, or 8·n, or 8·n + 1, or any other count, as the reference takes them
    /// </param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, f, C, h, w]: the means and the log variances (clamped to −30 … 20 where they are used)</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor frames, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        return Halves(scope, Joined(Pixels(frames), VideoFramesPerChunk, Encoder, progress));
    }

    /// <summary>The same in tiles that overlap and fade into each other: far less memory, slightly other latents.</summary>
    /// <param name="frames">As in <see cref="Encode"/>; H and W are whole latents (multiples of 8).</param>
    /// <param name="rows">Tiles along the height.</param>
    /// <param name="columns">Tiles along the width.</param>
    /// <param name="progress">Told after each residual block of each tile; in a dry run, of the tiles that are computed.</param>
    /// <returns>As <see cref="Encode"/></returns>
    public (Tensor Mean, Tensor LogVariance) EncodeTiled(
        Tensor frames, TileGrid rows, TileGrid columns, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        VaeTiles tiles = Tiles(rows, columns, grid => grid.Encoding);
        Tensor pixels = Pixels(frames);
        int multiple = config.SpatialCompression;
        if (pixels.Shape[2] % multiple != 0 || pixels.Shape[3] % multiple != 0)
        {
            throw new TensorException(
                $"Frames {frames.Shape} can't be encoded in tiles, which are whole latents: height and width must be multiples of "
                + $"{multiple}.");
        }
        return Halves(scope, tiles.Whole(pixels, (tile, told) => Joined(tile, VideoFramesPerChunk, Encoder, told), progress));
    }

    /// <summary>Latents, already divided by the scaling factor, to video.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, 4·(F − 1) + 1 for odd F or 4·F for even F, 8·H, 8·W, 3], about −1 … 1</returns>
    public Tensor Decode(Tensor latents, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        return scope.Keep(Joined(ChannelsLast(latents), LatentFramesPerChunk, Decoder, progress));
    }

    /// <summary>The same, handed out as it is made.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="take">Gets each chunk of frames in order, [B, f, 8·H, 8·W, 3], which is given back when it returns.</param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    public void Decode(Tensor latents, Action<Tensor> take, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        InChunks(ChannelsLast(latents), LatentFramesPerChunk, Decoder, take, progress);
    }

    /// <summary>The same in tiles that overlap and fade into each other: far less memory, slightly other pixels.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="rows">Tiles along the height.</param>
    /// <param name="columns">Tiles along the width.</param>
    /// <param name="progress">Told after each residual block of each tile; in a dry run, of the tiles that are computed.</param>
    /// <returns>As <see cref="Decode(Tensor, Action{int, int}?)"/></returns>
    public Tensor DecodeTiled(Tensor latents, TileGrid rows, TileGrid columns, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        return scope.Keep(Tiles(rows, columns, grid => grid.Decoding).Whole(ChannelsLast(latents), DecodeTile, progress));
    }

    /// <summary>The same, handed out in strips from top to bottom.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="rows">Tiles along the height.</param>
    /// <param name="columns">Tiles along the width.</param>
    /// <param name="take">
    /// Gets rows of pixels of all frames, [B, frames, h, 8·W, 3], and which row of the picture is their first; they are given back when it
    /// returns.
    /// </param>
    /// <param name="progress">Told after each residual block of each tile; in a dry run, of the tiles that are computed.</param>
    public void DecodeTiled(
        Tensor latents, TileGrid rows, TileGrid columns, Action<Tensor, int> take, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        Tiles(rows, columns, grid => grid.Decoding).Run(ChannelsLast(latents), DecodeTile, take, progress);
    }

    // [B, F, H, W, 3], as they are computed with
    private Tensor Pixels(Tensor frames)
    {
        int least = config.SpatialCompression;
        if (frames.Shape.Rank != 5 || frames.Shape[4] != config.InChannels || frames.Count == 0)
            throw new TensorException($"Frames {frames.Shape} don't fit this VAE: it takes [B, F, H, W, {config.InChannels}].");
        if (frames.Shape[2] < least || frames.Shape[3] < least)
            throw new TensorException($"Frames {frames.Shape} are too small for this VAE: a latent is {least}×{least} pixels.");
        return ops.Cast(frames, ops.ActivationType);
    }

    // [B, f, h, w, 2·C] → the means and the log variances, [B, f, C, h, w]
    private (Tensor Mean, Tensor LogVariance) Halves(MemoryScope scope, Tensor moments)
    {
        Tensor planes = ops.Permute(ops.Cast(moments, DType.F32), [0, 1, 4, 2, 3]);
        int channels = config.LatentChannels;
        return (scope.Keep(ops.Slice(planes, 2, 0, channels)), scope.Keep(ops.Slice(planes, 2, channels, channels)));
    }

    // [B, F, C, H, W] → [B, F, H, W, C]
    private Tensor ChannelsLast(Tensor latents)
    {
        if (latents.Shape.Rank != 5 || latents.Shape[2] != config.LatentChannels || latents.Count == 0)
            throw new TensorException($"Latents {latents.Shape} don't fit this VAE: it takes [B, F, {config.LatentChannels}, H, W].");
        return ops.Permute(ops.Cast(latents, ops.ActivationType), [0, 1, 3, 4, 2]);
    }

    // A video [B, F, …] in chunks of frames that hand their last frames on, as one.
    private Tensor Joined(Tensor video, int size, IVaeCoder coder, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        int chunks = ChunkCount(video.Shape[1], size), filled = 0;
        int frames = Enumerable.Range(0, chunks).Sum(chunk => coder.FramesFrom(ChunkSize(video.Shape[1], size, chunk)));
        Tensor whole = default;
        InChunks(video, size, coder, Place, progress);
        return scope.Keep(whole);

        void Place(Tensor coded)
        {
            if (whole.IsNone)
                whole = scope.Adopt(ops.Memory.Empty(coded.Shape.With(1, frames), coded.Type));
            ops.CopyInto(coded, whole, 1, filled);
            filled += coded.Shape[1];
        }
    }

    private void InChunks(Tensor video, int size, IVaeCoder coder, Action<Tensor> take, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        int chunks = ChunkCount(video.Shape[1], size), done = 0, total = chunks * coder.BlockCount;
        var past = new FramesBefore(ops, scope);
        for (int chunk = 0, start = 0; chunk < chunks; chunk++)
        {
            int count = ChunkSize(video.Shape[1], size, chunk);
            past.ChunkFollows = chunk < chunks - 1;
            coder.Observer = Named(Observer, chunk);
            Tensor part = ops.Slice(video, 1, start, count);
            Tensor coded = coder.Forward(part, past, () => progress?.Invoke(++done, total));
            ops.Memory.Release(part);
            take(coded);
            ops.Memory.Release(coded);
            start += count;
        }
    }

    private static int ChunkCount(int frames, int size) => Math.Max(frames / size, 1);

    private static int ChunkSize(int frames, int size, int chunk) => chunk > 0 ? size : frames - (ChunkCount(frames, size) - 1) * size;

    private static Action<string, Tensor>? Named(Action<string, Tensor>? observer, int chunk) =>
        observer is null ? null : (stage, tensor) => observer($"chunk{chunk}.{stage}", tensor);

    private VaeTiles Tiles(TileGrid rows, TileGrid columns, Func<TileGrid, TileCuts> cuts)
    {
        if (!rows.IsOf(config.SpatialCompression) || !columns.IsOf(config.SpatialCompression))
            throw new TensorException($"The tiles are of another VAE: a latent of this one is {config.SpatialCompression} pixels wide.");
        return new VaeTiles(ops, cuts(rows), cuts(columns));
    }

    private Tensor DecodeTile(Tensor tile, Action<int, int> progress) => Joined(tile, LatentFramesPerChunk, Decoder, progress);
}
