using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>The VAE alone: latents, as <see cref="GenerationRequest.SaveLatents"/> keeps them, to a video.</summary>
public sealed class VideoDecoder : IDisposable
{
    private readonly LoadedModel model;
    private readonly Ops ops;
    private readonly ExclusiveUse use;

    private VideoDecoder(LoadedModel model, Ops ops)
    {
        this.model = model;
        this.ops = ops;
        use = new ExclusiveUse(this, () =>
        {
            ops.Dispose();
            model.Dispose();
        });
    }

    /// <summary>Reads a checkpoint's configs; its VAE's weights are mapped when first needed.</summary>
    /// <param name="modelFolder">In the layout of Hugging Face.</param>
    /// <param name="threads">How many threads compute, up to 1024; 0 for one a processor.</param>
    /// <exception cref="ModelException">Configs that are missing, damaged or don't fit together.</exception>
    public static VideoDecoder Open(string modelFolder, int threads = 0)
    {
        Ops ops = Ops.OnCpu(threads);
        try
        {
            return new(LoadedModel.Open(modelFolder), ops);
        }
        catch
        {
            ops.Dispose();
            throw;
        }
    }

    /// <summary>The frame rate that the checkpoint's videos are meant to be seen at.</summary>
    public FrameRate Rate => RequestResolver.RateOf(RequestResolver.Known(model.Folder));

    /// <summary>What decoding a file will give and take.</summary>
    /// <param name="file">A safetensors file with <c>latents</c> F32 [1, F, C, H, W], as they stand before scaling.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <returns>The shape of the video, whether it is decoded in tiles, and the plan.</returns>
    /// <exception cref="RequestException">Not such a file, a video that no array can hold, or too little memory.</exception>
    public (VideoShape Shape, bool Tiled, StagePlan Plan) Plan(string file, TilingMode tiling)
    {
        ArgumentNullException.ThrowIfNull(file);
        use.Check();
        (_, Shape shape) = Read(file);
        VideoShape video = VideoOf(file, shape);
        (StagePlan plan, bool tiled) = model.Read(() => Planner.Decode(shape, model, tiling, SystemMemory.FreeBytes()));
        return (video, tiled, plan);
    }

    /// <summary>Decodes a file of latents.</summary>
    /// <param name="file">As in <see cref="Plan"/>.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    public VideoFrames Decode(string file, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return use.Run(token => Decode(file, Plan(file, tiling).Tiled, new StageClock(ops, progress, token)), cancellation);
    }

    /// <summary>Cancels a run that is on, waits for its end, and gives threads and memory back.</summary>
    public void Dispose() => use.Dispose();

    private VideoFrames Decode(string file, bool tiled, StageClock clock)
    {
        using var stopping = new OpsCancellation(ops, clock.Cancellation);
        using MemoryScope scope = ops.Scope();
        (float[] values, Shape shape) = Read(file);
        clock.Begin(GenerationStage.Decode, 1);
        return new FrameDecoder(model, ops).Decode(ops.FromHost(values, shape), tiled, (done, chunks) => clock.At((double)done / chunks));
    }

    private VideoShape VideoOf(string file, Shape latents)
    {
        long compression = model.Folder.Vae.SpatialCompression, times = model.Folder.Vae.TemporalCompression;
        long frames = latents[1] * times - (latents[1] % 2 == 1 ? times - 1 : 0);
        long height = latents[3] * compression, width = latents[4] * compression;
        return 3.0 * frames * height * width <= Array.MaxLength
            ? new VideoShape((int)frames, (int)height, (int)width, Rate)
            : throw new RequestException(
                nameof(file),
                $"{file} holds latents {latents}, a video of {frames} frames of {width}×{height}, which is more than one array can hold.");
    }

    private (float[] Values, Shape Shape) Read(string file)
    {
        (float[] values, Shape shape) = LatentFile.Read(nameof(file), file);
        int channels = model.Folder.Vae.LatentChannels;
        return shape[2] == channels
            ? (values, shape)
            : throw new RequestException(
                nameof(file), $"{file} holds latents {shape}; this model's have {channels} channels. Was it made with another model?");
    }
}
