namespace CogVideoX.Models.T5;

// NormalizerSpec of sentencepiece_model.proto, with the proto's defaults.
internal sealed class NormalizerSpec
{
    public CharacterMap? CharacterMap { get; set; }

    public bool AddDummyPrefix { get; set; } = true;

    public bool RemoveExtraWhitespaces { get; set; } = true;

    public bool EscapeWhitespaces { get; set; } = true;
}
