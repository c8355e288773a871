namespace CogVideoX.Pipelines.Hub;

/// <summary>How long a server is waited for.</summary>
internal sealed record HubTimes
{
    /// <summary>What <see cref="Retries"/> waits by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>For a connection, and for the head of an answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without a single byte, in the middle of a file.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks whether another process is done with a file.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often something is tried again that may work, unless bytes came since.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The longest that a server's <c>Retry-After</c> is followed.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(10);
}
