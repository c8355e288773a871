namespace CogVideoX.Pipelines.Media;

/// <summary>Where a sink's bytes go.</summary>
internal interface IVideoTarget
{
    /// <summary>Prepares the place; nothing is seen of it yet.</summary>
    void Begin();

    /// <summary>Gives what was written its name.</summary>
    /// <returns>The full path, or null where there is none.</returns>
    string? Publish();

    /// <summary>Removes whatever hasn't been published.</summary>
    void Discard();

    /// <summary>The error for the user, or null where the exception isn't about the output.</summary>
    OutputException? Explain(Exception exception);
}
