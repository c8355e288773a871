namespace CogVideoX.Tensors.Safetensors;

/// <summary>What the header of a file says, each tensor checked on its own; <see cref="SafetensorsLayout"/> checks them together.</summary>
internal sealed record SafetensorsHeader(List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata)
{
    /// <summary>The name under which a header keeps its strings.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The longest header that the format allows.</summary>
    public const int MaxLength = 100_000_000;
}
