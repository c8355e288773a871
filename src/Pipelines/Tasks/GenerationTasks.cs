namespace CogVideoX.Pipelines;

/// <summary>What can be made, each as the stages that make it, in order.</summary>
internal static class GenerationTasks
{
    /// <summary>Words to a video (arXiv 2408.06072).</summary>
    public static IReadOnlyList<Stage> TextToVideo { get; } = [new EncodeTextStage(), new SampleStage(), new DecodeStage()];

    /// <summary>A video to latents.</summary>
    public static IReadOnlyList<Stage> Encode { get; } = [new EncodeVideoStage()];

    /// <summary>Latents to a video.</summary>
    public static IReadOnlyList<Stage> Decode { get; } = [new DecodeStage()];
}
