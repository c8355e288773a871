namespace CogVideoX.Emulator;

/// <summary>
/// When asynchronous copies and matrix products take effect, and strong writes reach those who aren't ordered after them: every choice is
/// legal, and a sound kernel gives the same under each.
/// </summary>
public enum AsyncTiming
{
    /// <summary>As soon as they are issued.</summary>
    Early,

    /// <summary>When something waits for them and nothing else can run.</summary>
    Late,

    /// <summary>Either, by the seed.</summary>
    Random,
}
