namespace CogVideoX.Models.Configuration;

/// <summary>What a transformer was trained at, which its weights don't tell.</summary>
/// <param name="Width">Latent columns.</param>
/// <param name="Height">Latent rows.</param>
/// <param name="Frames">Video frames.</param>
/// <param name="TextLength">Text tokens.</param>
internal sealed record TransformerSizes(int Width, int Height, int Frames, int TextLength)
{
    private const int PixelsOfLatent = 8, ReleasedTextLength = 226; // of all that were released

    /// <summary>Video frames of a latent frame.</summary>
    public int TemporalCompression { get; init; } = 4;

    /// <summary>What spatial positions are divided by.</summary>
    public double SpatialInterpolation { get; init; } = 1.875;

    /// <summary>What temporal positions are divided by.</summary>
    public double TemporalInterpolation { get; init; } = 1;

    /// <summary>Those of the released model that a config is of; null if it is of none.</summary>
    public static TransformerSizes? Released(TransformerConfig config) =>
        ReleasedModels.Find(config) is { Width: { } width, Height: { } height, Frames: { } frames }
            ? new TransformerSizes(width / PixelsOfLatent, height / PixelsOfLatent, frames, ReleasedTextLength)
            : null;

    /// <summary>A config with these sizes.</summary>
    public TransformerConfig In(TransformerConfig config) => config with
    {
        SampleWidth = Width,
        SampleHeight = Height,
        SampleFrames = Frames,
        MaxTextLength = TextLength,
        TemporalCompression = TemporalCompression,
        SpatialInterpolation = SpatialInterpolation,
        TemporalInterpolation = TemporalInterpolation,
    };
}
