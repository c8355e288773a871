namespace CogVideoX.Sampling;

/// <summary>The type in which noise is drawn. PyTorch consumes its generator differently for each, so it is part of a run's seed.</summary>
public enum NoiseType
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>bfloat16: the binary32 value, rounded.</summary>
    BF16,

    /// <summary>IEEE binary16: the binary32 value, rounded.</summary>
    F16,
}
