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
    private const int LatentFramesPerChunk = 2, VideoFramesPerChunk = 8;

    private readonly Ops ops;
    private readonly VaeConfig config;
    private readonly VaeEncoder encoder;
    private readonly VaeDecoder decoder;

    /// <param name="weights">The root of the VAE's weights; all of them are used.</param>
    /// <param name="config">Its sizes.</param>
    public CogVideoXVae(WeightReader weights, VaeConfig config)
    {
        this.config = config;
        ops = weights.Ops;
        encoder = new VaeEncoder(weights["encoder"], config);
        decoder = new VaeDecoder(weights["decoder"], config);
    }

    /// <summary>Sees the result of each stage of each chunk by name (<c>chunk0.mid_block</c>), for comparison with a reference.</summary>
    public Action<string, Tensor>? Observer { get; set; }

    /// <summary>Video to the distribution of its latents, not yet multiplied by the scaling factor.</summary>
    /// <param name="frames">[B, F, H, W, 3] in −1 … 1; F is 1, or 8·n, or 8·n + 1, or any other count, as the reference takes them</param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, f, C, h, w]: the means and the log variances (clamped to −30 … 20 where they are used)</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor frames, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        if (frames.Shape.Rank != 5 || frames.Shape[4] != config.InChannels || frames.Count == 0)
            throw new TensorException($"Frames {frames.Shape} don't fit this VAE: it takes [B, F, H, W, {config.InChannels}].");
        Tensor moments = InChunks(frames, VideoFramesPerChunk, encoder, progress);
        Tensor planes = ops.Permute(moments, [0, 1, 4, 2, 3]);
        return (scope.Keep(ops.Slice(planes, 2, 0, config.LatentChannels)), scope.Keep(ops.Slice(planes, 2, config.LatentChannels, config.LatentChannels)));
    }

    /// <summary>Latents, already divided by the scaling factor, to video.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    /// <returns>[B, 4·(F − 1) + 1 for odd F or 4·F for even F, 8·H, 8·W, 3], about −1 … 1</returns>
    public Tensor Decode(Tensor latents, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        return scope.Keep(DecodeChunks(ChannelsLast(latents), progress));
    }

    /// <summary>The same in tiles that overlap and fade into each other: far less memory, slightly other pixels.</summary>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="rows">Tiles along the height.</param>
    /// <param name="columns">Tiles along the width.</param>
    /// <param name="progress">Told after each residual block of each tile; in a dry run, of the tiles that are computed.</param>
    /// <returns>As <see cref="Decode"/></returns>
    public Tensor DecodeTiled(Tensor latents, TileGrid rows, TileGrid columns, Action<int, int>? progress = null)
    {
        using MemoryScope scope = ops.Scope();
        Tensor z = ChannelsLast(latents);
        int height = z.Shape[2], width = z.Shape[3];
        int down = (height + rows.Step - 1) / rows.Step, across = (width + columns.Step - 1) / columns.Step;
        int tiles = 0;
        var parts = new PlannedParts<(int, int)>(ops);
        var above = new Tensor[across];
        Tensor picture = default;
        for (int row = 0; row < down; row++)
        {
            Tensor strip = default, before = default;
            for (int column = 0; column < across; column++)
            {
                int top = row * rows.Step, left = column * columns.Step;
                Tensor tile = parts.Get((Math.Min(rows.Latents, height - top), Math.Min(columns.Latents, width - left)), () => DecodeTile(
                    z, top, rows.Latents, left, columns.Latents,
                    (done, blocks) => progress?.Invoke(tiles * blocks + done, down * across * blocks)));
                tiles++;
                if (row > 0)
                    tile = Replace(above[column], ops.Blend(above[column], tile, 2, rows.BlendPixels), tile);
                if (column > 0)
                    tile = Replace(default, ops.Blend(before, tile, 3, columns.BlendPixels), tile);
                above[column] = before = tile;
                strip = Append(strip, Crop(tile, rows.KeptPixels, columns.KeptPixels), 3);
            }
            picture = Append(picture, strip, 2);
        }
        return scope.Keep(picture);
    }

    // [B, F, C, H, W] → [B, F, H, W, C]
    private Tensor ChannelsLast(Tensor latents)
    {
        if (latents.Shape.Rank != 5 || latents.Shape[2] != config.LatentChannels || latents.Count == 0)
            throw new TensorException($"Latents {latents.Shape} don't fit this VAE: it takes [B, F, {config.LatentChannels}, H, W].");
        return ops.Permute(latents, [0, 1, 3, 4, 2]);
    }

    private Tensor DecodeChunks(Tensor z, Action<int, int>? progress) => InChunks(z, LatentFramesPerChunk, decoder, progress);

    // Runs a coder over a video [B, F, …] in chunks of frames that hand their last frames on.
    private Tensor InChunks(Tensor video, int size, IVaeCoder coder, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        int frames = video.Shape[1], chunks = Math.Max(frames / size, 1);
        int done = 0, total = chunks * coder.BlockCount;
        var past = new FramesBefore(ops, scope);
        Tensor result = default;
        for (int chunk = 0, start = 0; chunk < chunks; chunk++)
        {
            int count = chunk > 0 ? size : frames - (chunks - 1) * size;
            past.ChunkFollows = chunk < chunks - 1;
            coder.Observer = Named(Observer, chunk);
            Tensor part = ops.Slice(video, 1, start, count);
            Tensor coded = coder.Forward(part, past, () => progress?.Invoke(++done, total));
            ops.Memory.Release(part);
            result = Append(result, coded, 1);
            start += count;
        }
        return scope.Keep(result);
    }

    private static Action<string, Tensor>? Named(Action<string, Tensor>? observer, int chunk) =>
        observer is null ? null : (stage, tensor) => observer($"chunk{chunk}.{stage}", tensor);

    private Tensor DecodeTile(Tensor z, int top, int rows, int left, int columns, Action<int, int> progress)
    {
        using MemoryScope scope = ops.Scope();
        Tensor strip = ops.Slice(z, 2, top, Math.Min(rows, z.Shape[2] - top));
        return scope.Keep(DecodeChunks(ops.Slice(strip, 3, left, Math.Min(columns, z.Shape[3] - left)), progress));
    }

    private Tensor Crop(Tensor tile, int rows, int columns)
    {
        using MemoryScope scope = ops.Scope();
        Tensor strip = ops.Slice(tile, 2, 0, Math.Min(rows, tile.Shape[2]));
        return scope.Keep(ops.Slice(strip, 3, 0, Math.Min(columns, tile.Shape[3])));
    }

    // before and piece, one behind the other; both are given back
    private Tensor Append(Tensor before, Tensor piece, int dimension)
    {
        if (before.IsNone)
            return piece;
        Tensor joined = ops.Concat(before, piece, dimension);
        ops.Memory.Release(before);
        ops.Memory.Release(piece);
        return joined;
    }

    private Tensor Replace(Tensor unused, Tensor result, Tensor former)
    {
        if (!unused.IsNone)
            ops.Memory.Release(unused);
        ops.Memory.Release(former);
        return result;
    }
}
