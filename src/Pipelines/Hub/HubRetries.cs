using Polly;
using Polly.Retry;

namespace CogVideoX.Pipelines.Hub;

/// <summary>Tries again what may work then: after 1, 2, 4, … seconds, or when the server says.</summary>
internal static class HubRetries
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(60);

    /// <param name="times">How often, and by which clock.</param>
    /// <param name="waiting">Told why, and how long, before each wait.</param>
    public static ResiliencePipeline Create(HubTimes times, Action<string>? waiting = null)
    {
        if (times.Retries == 0)
            return ResiliencePipeline.Empty;
        return new ResiliencePipelineBuilder { TimeProvider = times.Clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = times.Retries,
            Delay = First,
            MaxDelay = Longest,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<TransientHubException>(exception => !(exception.RetryAfter > times.LongestWait)),
            DelayGenerator = arguments => new ValueTask<TimeSpan?>((arguments.Outcome.Exception as TransientHubException)?.RetryAfter),
            OnRetry = arguments =>
            {
                waiting?.Invoke(
                    FormattableString.Invariant(
                        $"{arguments.Outcome.Exception!.Message} Trying again in {Math.Ceiling(arguments.RetryDelay.TotalSeconds):F0} s."));
                return default;
            },
        }).Build();
    }
}
