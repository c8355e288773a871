using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines;

/// <summary>How noise is taken away step by step. What each is for, and its errors on a known case: docs/samplers.md.</summary>
// A new one is a member here with its line in SamplerTable.
[JsonConverter(typeof(SettingJson))]
public enum SamplerKind
{
    /// <summary>Deterministic (arXiv 2010.02502); what CogVideoX-2b was released with. <c>ddim</c></summary>
    Ddim,

    /// <summary>Second order with fresh noise at every step (SDE-DPM-Solver++, arXiv 2211.01095); for the 5b models. <c>dpm</c></summary>
    Dpm,

    /// <summary>First order, deterministic (arXiv 2206.00364): DDIM whose steps end where the next begins. <c>euler</c></summary>
    Euler,

    /// <summary>Euler with fresh noise at every step. <c>euler-ancestral</c></summary>
    EulerAncestral,

    /// <summary>Second order, deterministic, the model twice a step (arXiv 2206.00364); for many steps only. <c>heun</c></summary>
    Heun,

    /// <summary>Third order, deterministic: predictor and corrector (arXiv 2302.04867). <c>unipc</c></summary>
    UniPc,

    /// <summary>Second order, deterministic (DPM-Solver++ 2M, arXiv 2211.01095). <c>dpm++2m</c></summary>
    Dpm2M,

    /// <summary>The same with fresh noise at every step. <c>dpm++2m-sde</c></summary>
    Dpm2MSde,

    /// <summary>For models distilled to few steps (latent consistency models, arXiv 2310.04378). <c>lcm</c></summary>
    Lcm,
}
