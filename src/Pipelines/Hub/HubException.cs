namespace CogVideoX.Pipelines.Hub;

/// <summary>A model that is called by its name can't be found, downloaded or looked through.</summary>
/// <param name="message">What was asked, what is wrong, what would work.</param>
/// <param name="inner">What it came from.</param>
internal class HubException(string message, Exception? inner = null) : CogVideoXException(message, inner);

/// <summary>The cache doesn't have the model, or not all of it.</summary>
/// <param name="name">The model, which a download brings.</param>
/// <param name="problem">What is missing, as a sentence.</param>
internal sealed class NotCachedException(ModelName name, string problem)
    : HubException($"{problem} Get it with: {HubCache.PullCommand(name)}")
{
    /// <summary>What a download would bring.</summary>
    public ModelName Name { get; } = name;

    /// <summary>The message without the command that brings it.</summary>
    public string Problem { get; } = problem;
}

/// <summary>What may work when it is tried again: a connection that broke, a server that is busy.</summary>
/// <param name="message">What happened.</param>
/// <param name="retryAfter">How long the server asks to wait; null where it doesn't say.</param>
/// <param name="inner">What it came from.</param>
internal sealed class TransientHubException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : HubException(message, inner)
{
    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
