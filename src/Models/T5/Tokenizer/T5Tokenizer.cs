using System.Text;

namespace CogVideoX.Models.T5;

/// <summary>
/// The tokenizer of T5 (arXiv 1910.10683): a SentencePiece unigram model whose rows end with <c>&lt;/s&gt;</c> and are filled with
/// <c>&lt;pad&gt;</c>. The names of special tokens in a prompt are ordinary text. Safe for use from several threads.
/// </summary>
public sealed class T5Tokenizer
{
    /// <summary>The longest text that is taken, in UTF-16 characters: some thousand times what a model reads.</summary>
    public const int LongestText = 1 << 20;

    private const string ModelFile = "spiece.model", PadPiece = "<pad>", EosPiece = "</s>";

    private readonly SentencePieceModel model;
    private readonly Normalizer normalizer;
    private readonly UnigramSegmenter<float> segmenter;

    /// <summary>A tokenizer over a loaded model.</summary>
    /// <exception cref="TokenizerException">The model has no <c>&lt;pad&gt;</c> or <c>&lt;/s&gt;</c> piece.</exception>
    internal T5Tokenizer(SentencePieceModel model)
    {
        this.model = model;
        PadId = ControlPiece(PadPiece);
        EosId = ControlPiece(EosPiece);
        bool keepsSymbols = model.Pieces.Any(piece => piece.Type == PieceType.UserDefined);
        PieceTrie? symbols = keepsSymbols ? new PieceTrie(model.Keys(PieceType.UserDefined)) : null;
        normalizer = new Normalizer(model.Normalizer, model.Trainer.TreatWhitespaceAsSuffix, symbols);
        segmenter = new UnigramSegmenter<float>(model);
    }

    /// <summary>The id that fills a row to its length.</summary>
    public int PadId { get; }

    /// <summary>The id that ends a text.</summary>
    public int EosId { get; }

    /// <summary>The id of text that no piece covers.</summary>
    public int UnknownId => model.UnknownId;

    /// <summary>How many ids the model has. The text encoder's embedding may have more rows: T5's is padded to a round number.</summary>
    public int VocabularySize => model.Pieces.Count;

    /// <summary>Reads a checkpoint's tokenizer folder, of which only <c>spiece.model</c> is used.</summary>
    /// <exception cref="TokenizerException">The folder has no <c>spiece.model</c>, or one that is damaged or of another kind.</exception>
    public static T5Tokenizer Load(string folder) => new(SentencePieceModel.Load(Path.Combine(folder, ModelFile)));

    /// <summary>The ids of a text. Lone surrogates are taken for U+FFFD, the replacement character.</summary>
    /// <param name="text">Any text; it is normalized first.</param>
    /// <param name="addEos">Whether <c>&lt;/s&gt;</c> ends the ids.</param>
    /// <exception cref="ArgumentException">The text is longer than <see cref="LongestText"/>.</exception>
    public int[] Encode(string text, bool addEos)
    {
        using Segmentation segmentation = Split(text);
        ReadOnlySpan<Segment> segments = segmentation.Segments;
        int[] ids = new int[segments.Length + (addEos ? 1 : 0)];
        CopyIds(segments, ids);
        if (addEos)
            ids[^1] = EosId;
        return ids;
    }

    /// <summary>A row of exactly <paramref name="maxLength"/> ids. What doesn't fit is cut off; <c>&lt;/s&gt;</c> always fits.</summary>
    /// <param name="text">Any text; it is normalized first.</param>
    /// <param name="maxLength">The length of the row, at least 1 (for the <c>&lt;/s&gt;</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The text is longer than <see cref="LongestText"/>.</exception>
    public TokenizedPrompt EncodePadded(string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        using Segmentation segmentation = Split(text);
        ReadOnlySpan<Segment> segments = segmentation.Segments;
        int kept = Math.Min(segments.Length, maxLength - 1);

        int[] ids = new int[maxLength];
        CopyIds(segments[..kept], ids);
        ids[kept] = EosId;
        ids.AsSpan(kept + 1).Fill(PadId);

        string? truncated = kept < segments.Length ? Readable(segmentation.TextFrom(segments[kept])) : null;
        return new TokenizedPrompt(ids, kept + 1, truncated, segments.Length - kept);
    }

    /// <summary>
    /// What the text is split into. Neighbouring unknown characters are one piece, spelled as in the text; joined, the pieces
    /// are <see cref="Normalize"/>'s result, unless the model spells unknown text in byte pieces.
    /// </summary>
    public IReadOnlyList<string> Pieces(string text)
    {
        using Segmentation segmentation = Split(text);
        ReadOnlySpan<Segment> segments = segmentation.Segments;
        string[] pieces = new string[segments.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            bool known = segments[i].Id != UnknownId;
            pieces[i] = known ? model.Pieces[segments[i].Id].Text : segmentation.TextOf(segments[i]);
        }

        return pieces;
    }

    /// <summary>How well the vocabulary covers a text, and which of its words are unknown.</summary>
    /// <exception cref="ArgumentException">The text is longer than <see cref="LongestText"/>.</exception>
    public VocabularyCoverage Coverage(string text)
    {
        using Segmentation segmentation = Split(text);
        return new CoverageCounter(model).Count(segmentation);
    }

    /// <summary>The text as pieces are found in it: characters replaced by the model's map (NFKC and more), spaces as U+2581.</summary>
    public string Normalize(string text)
    {
        using Utf8Builder normalized = Normalized(text);
        return Encoding.UTF8.GetString(normalized.Written);
    }

    /// <summary>The text that ids stand for. Control ids stand for nothing, the unknown id for <c> ⁇ </c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside of the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"Ids of this tokenizer are 0 to {VocabularySize - 1}.");
        }

        return new PieceDecoder(model).Decode(ids);
    }

    private Segmentation Split(string text) => new(Normalized(text), segmenter);

    private Utf8Builder Normalized(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText)
            throw new ArgumentException($"A text of {text.Length} characters is too long; at most {LongestText} are taken.", nameof(text));
        return normalizer.Normalize(text);
    }

    private static void CopyIds(ReadOnlySpan<Segment> segments, Span<int> ids)
    {
        for (int i = 0; i < segments.Length; i++)
            ids[i] = segments[i].Id;
    }

    private static string Readable(string normalized) => normalized.Replace('\u2581', ' ').Trim();

    private int ControlPiece(string name)
    {
        for (int id = 0; id < VocabularySize; id++)
        {
            if (model.Pieces[id] is { Type: PieceType.Control } piece && piece.Text == name)
                return id;
        }

        throw new TokenizerException(
            $"{model.Path}: it has no control piece {name}, so it isn't T5's tokenizer. "
            + "Use the tokenizer folder of a CogVideoX checkpoint.");
    }
}
