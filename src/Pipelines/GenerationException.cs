namespace CogVideoX.Pipelines;

/// <summary>A run failed in the middle. The message says in which stage and what can be done.</summary>
/// <param name="message">What happened.</param>
/// <param name="savedLatents">The file that holds the latents, where sampling was done, or null.</param>
/// <param name="inner">What it came from.</param>
/// <param name="keptState">The file from which the run can go on, or null.</param>
public sealed class GenerationException(
    string message, string? savedLatents = null, Exception? inner = null, string? keptState = null)
    : CogVideoXException(message, inner)
{
    /// <summary>The file that holds the latents, where sampling was done before it failed, or null.</summary>
    public string? SavedLatents { get; } = savedLatents;

    /// <summary>The file from which the run can go on (<see cref="ResumeState"/>), or null.</summary>
    public string? KeptState { get; } = keptState;
}
