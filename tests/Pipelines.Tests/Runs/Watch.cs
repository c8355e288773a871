namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Progress that is told at once, on the thread that makes it.</summary>
internal sealed class Watch(Action<GenerationProgress> told) : IProgress<GenerationProgress>
{
    public void Report(GenerationProgress value) => told(value);
}
