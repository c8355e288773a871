using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>The VAE alone: latents, as <c>--save-latents</c> keeps them, to a video.</summary>
public sealed class VideoDecoder : IDisposable
{
    private readonly LoadedModel model;
    private readonly Ops ops;

    private VideoDecoder(LoadedModel model, Ops ops)
    {
        this.model = model;
        this.ops = ops;
    }

    /// <inheritdoc cref="TextToVideo.Open"/>
    public static VideoDecoder Open(string modelFolder, int threads = 0) => new(new LoadedModel(modelFolder), Ops.OnCpu(threads));

    /// <summary>The frame rate that the checkpoint's videos are meant to be seen at.</summary>
    public FrameRate Rate => FrameRate.FromDouble(RequestResolver.Known(model.Folder).FramesPerSecond ?? RequestResolver.DefaultFramesPerSecond);

    /// <summary>What decoding a file will give and take.</summary>
    /// <param name="file">A safetensors file with <c>latents</c> F32 [1, F, C, H, W], as they stand before scaling.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <returns>The shape of the video, whether it is decoded in tiles, and the plan.</returns>
    /// <exception cref="RequestException">Not such a file, or too little memory.</exception>
    public (VideoShape Shape, bool Tiled, StagePlan Plan) Plan(string file, TilingMode tiling)
    {
        (_, Shape shape) = Read(file);
        (StagePlan plan, bool tiled) = Planner.Decode(shape, model, tiling, SystemMemory.FreeBytes());
        int compression = model.Folder.Vae.SpatialCompression;
        int frames = shape[1] * model.Folder.Vae.TemporalCompression - (shape[1] % 2 == 1 ? model.Folder.Vae.TemporalCompression - 1 : 0);
        return (new VideoShape(frames, shape[3] * compression, shape[4] * compression, Rate), tiled, plan);
    }

    /// <summary>Decodes a file of latents.</summary>
    /// <param name="file">As in <see cref="Plan"/>.</param>
    /// <param name="tiling">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block.</param>
    /// <param name="cancellation">Stops within a chunk of frames.</param>
    public VideoFrames Decode(string file, TilingMode tiling = TilingMode.Auto, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        bool tiled = Plan(file, tiling).Tiled;
        using MemoryScope scope = ops.Scope();
        (float[] values, Shape shape) = Read(file);
        var clock = new StageClock(ops, progress, cancellation);
        clock.Begin(GenerationStage.Decode, 1);
        return new FrameDecoder(model, ops).Decode(ops.FromHost(values, shape), tiled, (done, chunks) => clock.At((double)done / chunks));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ops.Dispose();
        model.Dispose();
    }

    private (float[] Values, Shape Shape) Read(string file)
    {
        (float[] values, Shape shape) = LatentFile.Read("latents", file);
        int channels = model.Folder.Vae.LatentChannels;
        return shape[2] == channels
            ? (values, shape)
            : throw new RequestException("latents", $"{file} holds latents {shape}; this model's have {channels} channels. Was it made with another model?");
    }
}
