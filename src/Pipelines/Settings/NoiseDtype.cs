using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines;

/// <summary>The type that noise is drawn in, which decides its numbers. The CPU computes in fp32 in any case.</summary>
[JsonConverter(typeof(SettingJson))]
public enum NoiseDtype
{
    /// <summary>IEEE binary32.</summary>
    Fp32,

    /// <summary>bfloat16, as PyTorch draws it for a bf16 checkpoint.</summary>
    Bf16,

    /// <summary>IEEE binary16.</summary>
    Fp16,
}
