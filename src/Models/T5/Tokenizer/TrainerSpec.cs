namespace CogVideoX.Models.T5;

// The fields of TrainerSpec in sentencepiece_model.proto that matter after training, with the proto's defaults.
internal sealed class TrainerSpec
{
    public const int Unigram = 1;

    public int ModelType { get; set; } = Unigram;

    public bool TreatWhitespaceAsSuffix { get; set; }

    public bool ByteFallback { get; set; }

    public string UnknownSurface { get; set; } = " \u2047 ";
}
