using System.Buffers;
using System.Text;

namespace CogVideoX.Models.T5;

/// <summary>
/// The tokenizer of T5 (arXiv 1910.10683): a SentencePiece unigram model whose rows end with <c>&lt;/s&gt;</c> and are filled with
/// <c>&lt;pad&gt;</c>. From <c>spiece.model</c>, the names of special tokens in a prompt are ordinary text, but for those of an
/// <c>added_tokens.json</c>; from <c>tokenizer.json</c> they are the tokens. Safe for use from several threads.
/// </summary>
public sealed class T5Tokenizer
{
    /// <summary>The longest text that is taken, in UTF-16 characters: some thousand times what a model reads.</summary>
    public const int LongestText = 1 << 20;

    private const string PadPiece = "<pad>", EosPiece = "</s>";

    private readonly SentencePieceModel model;
    private readonly ITextSplitter splitter;
    private readonly AddedTokens added;

    /// <summary>A tokenizer over a loaded model, as SentencePiece has it.</summary>
    /// <exception cref="TokenizerException">The model has no <c>&lt;pad&gt;</c> or <c>&lt;/s&gt;</c> piece.</exception>
    internal T5Tokenizer(SentencePieceModel model) : this(model, new SentencePieceSplitter(model), new AddedTokens([]))
    {
    }

    /// <summary>A tokenizer that splits what lies between added tokens in some way.</summary>
    /// <exception cref="TokenizerException">The model has no <c>&lt;pad&gt;</c> or <c>&lt;/s&gt;</c> piece.</exception>
    internal T5Tokenizer(SentencePieceModel model, ITextSplitter splitter, AddedTokens added)
    {
        this.model = model;
        this.splitter = splitter;
        this.added = added;
        PadId = ControlPiece(PadPiece);
        EosId = ControlPiece(EosPiece);
    }

    /// <summary>The id that fills a row to its length.</summary>
    public int PadId { get; }

    /// <summary>The id that ends a text.</summary>
    public int EosId { get; }

    /// <summary>The id of text that no piece covers.</summary>
    public int UnknownId => model.UnknownId;

    /// <summary>How many ids the model has. The text encoder's embedding may have more rows: T5's is padded to a round number.</summary>
    public int VocabularySize => model.Pieces.Count;

    /// <summary>
    /// Reads a checkpoint's tokenizer folder: <c>spiece.model</c>, with <c>added_tokens.json</c> where that lies beside it, or else
    /// <c>tokenizer.json</c>.
    /// </summary>
    /// <exception cref="TokenizerException">The folder has neither, or one that is damaged or of another kind.</exception>
    public static T5Tokenizer Load(string folder)
    {
        string file = TokenizerFiles.VocabularyIn(folder);
        if (TokenizerFiles.IsJson(file))
            return TokenizerJson.Load(file);
        var model = SentencePieceModel.Load(file);
        if (TokenizerFiles.AddedIn(folder) is not { } addedFile)
            return new T5Tokenizer(model);
        IReadOnlyList<AddedToken> added = TokenizerJson.LoadAdded(addedFile);
        try
        {
            return new T5Tokenizer(model.With(added), new SentencePieceSplitter(model), new AddedTokens(added));
        }
        catch (InvalidDataException exception)
        {
            const string Remedy = "Remove it, or copy the one that belongs to spiece.model.";
            throw new TokenizerException($"{addedFile}: {exception.Message} {Remedy}", exception);
        }
    }

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
        using Segmentation segmentation = Split(text);
        return Encoding.UTF8.GetString(segmentation.Text);
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

    // Lone surrogates become U+FFFD on the way to UTF-8. The caller disposes of the result.
    private Segmentation Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText)
            throw new ArgumentException($"A text of {text.Length} characters is too long; at most {LongestText} are taken.", nameof(text));
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, utf8);
        var segmentation = new Segmentation(2 * length);
        added.Split(utf8.AsSpan(0, length), splitter, segmentation);
        ArrayPool<byte>.Shared.Return(utf8);
        return segmentation;
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
