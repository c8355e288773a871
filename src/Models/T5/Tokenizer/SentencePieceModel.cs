using System.Globalization;
using System.Text;
using CogVideoX.Tensors.Safetensors;
using Google.Protobuf;

namespace CogVideoX.Models.T5;

/// <summary>
/// A SentencePiece unigram model (<c>spiece.model</c>; github.com/google/sentencepiece, <c>sentencepiece_model.proto</c>):
/// its vocabulary and how text is normalized for it. Checked in full when loaded, immutable after.
/// </summary>
internal sealed class SentencePieceModel
{
    // In bytes. The longest pieces in use are runs of spaces, far below this; the search for the best segmentation costs text × that.
    public const int LongestPiece = 1024;

    // Vocabularies of 256,000 pieces take 4 MB.
    private const int LargestFile = 16 << 20;

    private const string Remedy =
        "The file is damaged or isn't a SentencePiece unigram model: copy the tokenizer folder of the checkpoint again.";

    /// <summary>A vocabulary, checked in full.</summary>
    /// <exception cref="InvalidDataException">It makes no sense; the message says why.</exception>
    public SentencePieceModel(string path, IReadOnlyList<SentencePiece> pieces, NormalizerSpec normalizer, TrainerSpec trainer)
    {
        Path = path;
        Pieces = pieces;
        Normalizer = normalizer;
        Trainer = trainer;

        CheckModelType();
        CheckPieces();
        UnknownId = FindUnknown();
        ByteIds = FindBytes();
    }

    /// <summary>The file that the model was read from.</summary>
    public string Path { get; }

    /// <summary>The vocabulary in order of ids.</summary>
    public IReadOnlyList<SentencePiece> Pieces { get; }

    /// <summary>The id that stands for text which no piece covers.</summary>
    public int UnknownId { get; }

    internal NormalizerSpec Normalizer { get; }

    internal TrainerSpec Trainer { get; }

    // The id of each of the 256 bytes, or null where the model has no byte fallback.
    internal int[]? ByteIds { get; }

    /// <summary>Reads and checks a model.</summary>
    /// <param name="path">A <c>spiece.model</c> file.</param>
    /// <exception cref="TokenizerException">The file is missing, can't be read, is damaged, too large, or of another kind.</exception>
    public static SentencePieceModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes = ReadFile(path);
        try
        {
            var proto = ModelProtoReader.Read(bytes);
            return new SentencePieceModel(path, proto.Pieces, proto.Normalizer, proto.Trainer);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidProtocolBufferException)
        {
            throw Refused(path, ForeignTokenizer.Recognise(bytes) ?? $"{e.Message} {Remedy}", e);
        }
    }

    /// <summary>The same with added tokens: pieces of it by their names, or others whose ids follow.</summary>
    /// <exception cref="InvalidDataException">An id is another piece's, or leaves a gap; or a token occurs twice.</exception>
    public SentencePieceModel With(IEnumerable<AddedToken> added)
    {
        List<SentencePiece> pieces = [.. Pieces];
        HashSet<string> names = [.. Pieces.Select(piece => piece.Text)], seen = [];
        foreach (AddedToken token in added)
        {
            if (!seen.Add(token.Content))
                throw new InvalidDataException($"the added token {Quoted.Name(token.Content)} occurs twice.");
            var piece = new SentencePiece(token.Content, 0, token.IsSpecial ? PieceType.Control : PieceType.UserDefined);
            if (token.Id == pieces.Count && !names.Contains(token.Content))
                pieces.Add(piece);
            else if (token.Id >= pieces.Count || pieces[token.Id].Text != token.Content)
                throw new InvalidDataException($"the added token {Quoted.Name(token.Content)} can't have the id {token.Id}.");
            else if (token.Id != UnknownId)
                pieces[token.Id] = piece;
        }
        return new SentencePieceModel(Path, pieces, Normalizer, Trainer);
    }

    // The pieces of some types, as UTF-8, with their ids.
    internal IEnumerable<KeyValuePair<byte[], int>> Keys(params PieceType[] types)
    {
        for (int id = 0; id < Pieces.Count; id++)
        {
            if (types.Contains(Pieces[id].Type))
                yield return new(Encoding.UTF8.GetBytes(Pieces[id].Text), id);
        }
    }

    private static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new TokenizerException(MissingTokenizer.Explain(path));
        try
        {
            using FileStream file = File.OpenRead(path);
            if (!file.CanSeek)
                throw Refused(path, "this isn't a regular file.");
            if (file.Length > LargestFile)
                throw Refused(path, $"{file.Length} bytes are too many for a tokenizer (at most {LargestFile}). {Remedy}");
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path} can't be read: {e.Message}", e);
        }
    }

    private static TokenizerException Refused(string path, string why, Exception? inner = null) => new($"{path}: {why}", inner);

    private void CheckModelType()
    {
        if (Trainer.ModelType != TrainerSpec.Unigram)
        {
            throw new InvalidDataException(
                $"the model type is {ModelTypeName(Trainer.ModelType)}; T5 uses unigram models and only these are supported.");
        }
    }

    private static string ModelTypeName(int type) => type switch
    {
        2 => "BPE",
        3 => "word",
        4 => "char",
        _ => $"unknown ({type})",
    };

    // Text pieces and the others may share a name, as in sentencepiece: only the former are looked for in text.
    private void CheckPieces()
    {
        HashSet<string> text = [], special = [];
        for (int id = 0; id < Pieces.Count; id++)
        {
            SentencePiece piece = Pieces[id];
            if (!double.IsFinite(piece.Score))
                throw new InvalidDataException($"piece {id} has the score {piece.Score}.");
            bool isText = piece.Type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;
            if (!(isText ? text : special).Add(piece.Text))
                throw new InvalidDataException($"piece {id}, {Quoted.Name(piece.Text)}, occurs twice.");
        }

        if (Pieces.All(piece => piece.Type != PieceType.Normal))
            throw new InvalidDataException($"none of its {Pieces.Count} pieces is a normal one.");
    }

    private int FindUnknown()
    {
        int[] ids = [.. Ids(PieceType.Unknown)];
        return ids.Length == 1
            ? ids[0]
            : throw new InvalidDataException($"it must have one piece for unknown text (<unk>), but has {ids.Length}.");
    }

    private int[]? FindBytes()
    {
        int[] ids = new int[256];
        int found = 0;
        foreach (int id in Ids(PieceType.Byte))
        {
            ids[ByteOf(Pieces[id].Text)] = id;
            found++;
        }

        int expected = Trainer.ByteFallback ? ids.Length : 0;
        if (found != expected)
            throw new InvalidDataException($"it must have {expected} byte pieces, but has {found}.");
        return Trainer.ByteFallback ? ids : null;
    }

    private IEnumerable<int> Ids(PieceType type) => Enumerable.Range(0, Pieces.Count).Where(id => Pieces[id].Type == type);

    internal static byte ByteOf(string name)
    {
        if (name is ['<', '0', 'x', var high, var low, '>']
            && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            return value;
        }
        throw new InvalidDataException($"the byte piece {Quoted.Name(name)} isn't named <0xNN>.");
    }
}
