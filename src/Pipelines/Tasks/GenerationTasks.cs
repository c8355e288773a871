namespace CogVideoX.Pipelines;

/// <summary>What can be made, each as the stages that make it, in order.</summary>
internal static class GenerationTasks
{
    private static readonly Stage GivenText = new GivenTextStage();

    /// <summary>Words to a video (arXiv 2408.06072).</summary>
    public static IReadOnlyList<Stage> FromText { get; } = [new EncodeTextStage(), new SampleStage(), new DecodeStage()];

    /// <summary>Words and a picture to a video that goes on from it.</summary>
    public static IReadOnlyList<Stage> FromImage { get; } =
        [new EncodeTextStage(), new EncodeImageStage(), new SampleStage(), new DecodeStage()];

    /// <summary>Words and a video to another like it (SDEdit, arXiv 2108.01073).</summary>
    public static IReadOnlyList<Stage> FromVideo { get; } =
        [new EncodeTextStage(), new EncodeVideoStage(), new SampleStage(), new DecodeStage()];

    /// <summary>A video to latents.</summary>
    public static IReadOnlyList<Stage> Encode { get; } = [new EncodeLatentsStage()];

    /// <summary>The task of a request whose settings are decided.</summary>
    public static IReadOnlyList<Stage> Of(GenerationRequest request, GenerationSettings settings)
    {
        IReadOnlyList<Stage> task = request.Image is not null ? FromImage : request.Video is not null ? FromVideo : FromText;
        return request.GivenText is { } text && text.AreAllOf(settings) ? [GivenText, .. task.Skip(1)] : task;
    }

    /// <summary>Latents to a video.</summary>
    public static IReadOnlyList<Stage> Decode { get; } = [new DecodeStage()];
}
