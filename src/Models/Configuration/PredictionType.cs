namespace CogVideoX.Models.Configuration;

/// <summary>What a transformer predicts.</summary>
public enum PredictionType
{
    /// <summary><c>epsilon</c>: the noise.</summary>
    Noise,

    /// <summary><c>sample</c>: the clean latents.</summary>
    Sample,

    /// <summary><c>v_prediction</c>: √ᾱ · noise − √(1 − ᾱ) · sample.</summary>
    Velocity,
}
