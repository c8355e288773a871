namespace CogVideoX.Pipelines;

/// <summary>How a run gets by with the memory of a device: what of its weights is there, and when.</summary>
/// <param name="LetsGo">Whether each part is let go after its stage.</param>
/// <param name="StreamsTextEncoder">Whether the text encoder's layers come one after the other.</param>
/// <param name="StreamsTransformer">Whether the transformer's do.</param>
internal readonly record struct WeightWay(bool LetsGo, bool StreamsTextEncoder = false, bool StreamsTransformer = false)
{
    /// <summary>Everything stays; where weights are read from mapped files, they do so in any case.</summary>
    public static WeightWay Resident { get; } = new(LetsGo: false);

    public bool Streams => StreamsTextEncoder || StreamsTransformer;

    public WeightPlacement Placement =>
        Streams ? WeightPlacement.Layers : LetsGo ? WeightPlacement.Components : WeightPlacement.Resident;

    /// <summary>What is to be tried for a placement, in this order.</summary>
    /// <param name="placement">What was asked for.</param>
    /// <param name="textEncoderStreams">Whether the text encoder's weights can come layer by layer: they are somewhere else, too.</param>
    /// <param name="transformerStreams">Whether the transformer's can.</param>
    public static IReadOnlyList<WeightWay> Of(WeightPlacement placement, bool textEncoderStreams, bool transformerStreams)
    {
        var components = new WeightWay(LetsGo: true);
        WeightWay[] layers =
        [
            components with { StreamsTransformer = true },
            components with { StreamsTextEncoder = true },
            components with { StreamsTextEncoder = true, StreamsTransformer = true },
        ];
        return placement switch
        {
            WeightPlacement.Resident => [Resident],
            WeightPlacement.Components => [components],
            WeightPlacement.Layers => [layers[^1]],
            _ => [Resident, components, .. layers.Where(Can)],
        };

        bool Can(WeightWay way) => (textEncoderStreams || !way.StreamsTextEncoder) && (transformerStreams || !way.StreamsTransformer);
    }
}
