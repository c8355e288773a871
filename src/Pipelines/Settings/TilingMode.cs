using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines;

/// <summary>Whether the VAE works in overlapping tiles, which takes less memory and gives slightly other pixels, or latents.</summary>
[JsonConverter(typeof(SettingJson))]
public enum TilingMode
{
    /// <summary>Only where the picture as a whole doesn't fit in the memory that is free.</summary>
    Auto,

    /// <summary>Always.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
