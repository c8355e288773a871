using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines;

/// <summary>How noise is taken away step by step.</summary>
[JsonConverter(typeof(SettingJson))]
public enum SamplerKind
{
    /// <summary>Deterministic (arXiv 2010.02502); what CogVideoX-2b was released with.</summary>
    Ddim,

    /// <summary>Second order with fresh noise at every step (SDE-DPM-Solver++, arXiv 2211.01095); for the 5b models.</summary>
    Dpm,
}
