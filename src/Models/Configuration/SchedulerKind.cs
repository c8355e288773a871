namespace CogVideoX.Models.Configuration;

/// <summary>Which sampler a checkpoint asks for.</summary>
public enum SchedulerKind
{
    /// <summary><c>CogVideoXDDIMScheduler</c>.</summary>
    Ddim,

    /// <summary><c>CogVideoXDPMScheduler</c>.</summary>
    Dpm,
}
