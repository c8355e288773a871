namespace CogVideoX.Models.Configuration;

/// <summary>Which of the training steps are sampled.</summary>
public enum TimestepSpacing
{
    /// <summary><c>linspace</c>: evenly, both ends included.</summary>
    Linspace,

    /// <summary><c>leading</c>: evenly from 0.</summary>
    Leading,

    /// <summary><c>trailing</c>: evenly from the last one downwards.</summary>
    Trailing,
}
