namespace CogVideoX.Models.T5;

// As SentencePiece 0.2.3: the whole text is normalized and split at once, with sums in float.
internal sealed class SentencePieceSplitter : ITextSplitter
{
    private readonly Normalizer normalizer;
    private readonly UnigramSegmenter<float> segmenter;

    public SentencePieceSplitter(SentencePieceModel model)
    {
        bool keepsSymbols = model.Pieces.Any(piece => piece.Type == PieceType.UserDefined);
        PieceTrie? symbols = keepsSymbols ? new PieceTrie(model.Keys(PieceType.UserDefined)) : null;
        normalizer = new Normalizer(model.Normalizer, model.Trainer.TreatWhitespaceAsSuffix, symbols);
        segmenter = new UnigramSegmenter<float>(model);
    }

    public void Split(ReadOnlySpan<byte> text, Segmentation segmentation)
    {
        using Utf8Builder normalized = normalizer.Normalize(text);
        segmentation.Append(normalized.Written, segmenter);
    }
}
