namespace CogVideoX.Models.Configuration;

/// <summary>How the noise grows over the training steps.</summary>
public enum BetaSchedule
{
    /// <summary><c>linear</c>: β grows evenly.</summary>
    Linear,

    /// <summary><c>scaled_linear</c>: √β grows evenly.</summary>
    ScaledLinear,

    /// <summary><c>squaredcos_cap_v2</c>: ᾱ falls as a squared cosine.</summary>
    SquaredCosine,
}
