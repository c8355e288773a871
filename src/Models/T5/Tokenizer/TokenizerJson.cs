using System.Text;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.T5;

/// <summary>
/// Reads <c>tokenizer.json</c>, the form of the library tokenizers (github.com/huggingface/tokenizers), as far as it is T5's: its steps
/// are those of <see cref="WordSplitter"/>, and a file with others is refused. And <c>added_tokens.json</c>, which older ones keep apart.
/// </summary>
internal static class TokenizerJson
{
    // 250,000 pieces with their scores take 16 MB.
    private const int LargestFile = 32 << 20, MaxDepth = 16, MostAdded = 10_000;
    private const string Mark = "\u2581", EosPiece = "</s>";
    private const string Remedy = "Copy the tokenizer folder of the published checkpoint, whose spiece.model is read as well.";

    /// <exception cref="TokenizerException">It is damaged, or of another kind than T5's; the message says which step.</exception>
    public static T5Tokenizer Load(string path) => Read(path, root =>
    {
        SentencePieceModel vocabulary = VocabularyOf(path, root);
        bool isConverted = TypeOf(Member(root, "normalizer")) == "Sequence";
        CharacterMap map = MapOf(isConverted ? FirstOfConverted(root) : Step(root, "normalizer", "Precompiled"));
        CheckMetaspace(isConverted ? Step(root, "pre_tokenizer", "Metaspace") : LastOfWords(root));
        CheckEnd(root, vocabulary);
        AddedToken[] added = [.. AddedOf(List(root, "added_tokens", MostAdded)).OrderBy(token => token.Id)];
        var splitter = new WordSplitter(map, new UnigramSegmenter<double>(vocabulary, findsAll: true), splitsAtAnySpace: !isConverted);
        return new T5Tokenizer(vocabulary.With(added), splitter, new AddedTokens(added));
    });

    /// <summary>Tokens by their ids, ascending.</summary>
    /// <exception cref="TokenizerException">It is damaged.</exception>
    public static IReadOnlyList<AddedToken> LoadAdded(string path) => Read(path, root =>
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() > MostAdded)
            throw new InvalidDataException($"it should be an object of at most {MostAdded} tokens with their ids.");
        return root.EnumerateObject().Select(entry => new AddedToken(Content(entry.Name), Id(entry.Value), IsSpecial: true))
            .OrderBy(token => token.Id).ToArray();
    });

    private static T Read<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument json = StrictJson.Read(path, LargestFile, MaxDepth);
            return read(json.RootElement);
        }
        catch (FormatException exception)
        {
            throw new TokenizerException($"{path} {exception.Message}", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new TokenizerException($"{path}: {exception.Message} {Remedy}", exception);
        }
    }

    private static SentencePieceModel VocabularyOf(string path, JsonElement root)
    {
        JsonElement model = Step(root, "model", "Unigram");
        if (IsTrue(model, "byte_fallback"))
            throw new InvalidDataException("its model has 'byte_fallback', which T5's hasn't and which isn't supported.");
        JsonElement list = List(model, "vocab", LargestFile);
        var pieces = new List<SentencePiece>(list.GetArrayLength());
        HashSet<string> names = [];
        foreach (JsonElement entry in list.EnumerateArray())
        {
            bool isPiece = entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
                && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.Number;
            if (!isPiece || !entry[1].TryGetDouble(out double score))
                throw new InvalidDataException($"piece {pieces.Count} of its 'vocab' isn't a text with a score.");
            string text = Content(entry[0].GetString()!);
            if (!names.Add(text))
                throw new InvalidDataException($"piece {pieces.Count} of its 'vocab', {Quoted.Name(text)}, occurs twice.");
            pieces.Add(new SentencePiece(text, score, PieceType.Normal));
        }
        int unknown = Id(Member(model, "unk_id"));
        if (unknown >= pieces.Count)
            throw new InvalidDataException($"its 'unk_id' is {unknown}, but it has {pieces.Count} pieces.");
        pieces[unknown] = pieces[unknown] with { Type = PieceType.Unknown };
        return new SentencePieceModel(path, pieces, new NormalizerSpec(), new TrainerSpec());
    }

    private static CharacterMap MapOf(JsonElement precompiled)
    {
        JsonElement map = Member(precompiled, "precompiled_charsmap");
        return map.ValueKind == JsonValueKind.String && map.TryGetBytesFromBase64(out byte[]? bytes)
            ? CharacterMap.Parse(bytes)
            : throw new InvalidDataException("its normalizer's 'precompiled_charsmap' isn't a text in base64.");
    }

    // What transformers 4 makes of a spiece.model: spaces at the end go, and runs of them become one.
    private static JsonElement FirstOfConverted(JsonElement root)
    {
        JsonElement steps = Steps(root, "normalizer", "normalizers", "Precompiled", "Strip", "Replace");
        (JsonElement strip, JsonElement replace) = (steps[1], steps[2]);
        bool isKnown = Member(strip, "strip_left").ValueKind == JsonValueKind.False
            && IsTrue(strip, "strip_right")
            && IsText(Member(Member(replace, "pattern"), "Regex"), " {2,}") && IsText(Member(replace, "content"), Mark);
        return isKnown
            ? steps[0]
            : throw new InvalidDataException("its normalizer isn't T5's: Strip should be at the right, Replace of \" {2,}\" by U+2581.");
    }

    private static JsonElement LastOfWords(JsonElement root) => Steps(
        root, "pre_tokenizer", "pretokenizers", "WhitespaceSplit", "Metaspace")[1];

    private static void CheckMetaspace(JsonElement marks)
    {
        JsonElement scheme = Member(marks, "prepend_scheme");
        bool marksAll = scheme.ValueKind == JsonValueKind.Undefined
            ? IsTrue(marks, "add_prefix_space") // as it was before there were schemes
            : IsText(scheme, "always");
        if (!marksAll || !IsText(Member(marks, "replacement"), Mark) || Member(marks, "split").ValueKind == JsonValueKind.False)
        {
            throw new InvalidDataException(
                "its Metaspace isn't T5's: 'replacement' should be U+2581, 'prepend_scheme' \"always\", and 'split' true.");
        }
    }

    // Whoever encodes a text adds </s>.
    private static void CheckEnd(JsonElement root, SentencePieceModel vocabulary)
    {
        JsonElement processor = Step(root, "post_processor", "TemplateProcessing"), parts = Member(processor, "single");
        bool isEnd = parts.ValueKind == JsonValueKind.Array && parts.GetArrayLength() == 2
            && IsText(Member(Member(parts[0], "Sequence"), "id"), "A")
            && IsText(Member(Member(parts[1], "SpecialToken"), "id"), EosPiece);
        JsonElement ids = Member(Member(Member(processor, "special_tokens"), EosPiece), "ids");
        bool isId = ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() == 1 && Id(ids[0]) is var id
            && id < vocabulary.Pieces.Count && vocabulary.Pieces[id].Text == EosPiece;
        if (!isEnd || !isId)
            throw new InvalidDataException("its post_processor should put one token behind a text, </s>, as T5's does.");
    }

    private static IEnumerable<AddedToken> AddedOf(JsonElement list)
    {
        foreach (JsonElement token in list.EnumerateArray())
        {
            JsonElement text = Member(token, "content");
            string content = text.ValueKind == JsonValueKind.String
                ? Content(text.GetString()!)
                : throw new InvalidDataException("one of its 'added_tokens' has no 'content'.");
            foreach (string flag in new[] { "normalized", "single_word" })
            {
                if (IsTrue(token, flag))
                    throw new InvalidDataException($"its added token {Quoted.Name(content)} has '{flag}', which isn't supported.");
            }
            yield return new AddedToken(
                content, Id(Member(token, "id")), IsTrue(token, "special"), IsTrue(token, "lstrip"), IsTrue(token, "rstrip"));
        }
    }

    // A part of the pipeline, which must be of one kind.
    private static JsonElement Step(JsonElement root, string name, string kind)
    {
        JsonElement step = Member(root, name);
        if (step.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            throw new InvalidDataException($"it has no {name}; T5's is {kind}.");
        return TypeOf(step) == kind
            ? step
            : throw new InvalidDataException($"its {name} is {Quoted.Name(TypeOf(step))}; T5's is {kind}, and no other is read.");
    }

    // The steps of a Sequence, which must be these.
    private static JsonElement Steps(JsonElement root, string name, string list, params string[] kinds)
    {
        JsonElement steps = Member(Step(root, name, "Sequence"), list);
        string[] found = steps.ValueKind == JsonValueKind.Array ? [.. steps.EnumerateArray().Select(TypeOf)] : [];
        return found.SequenceEqual(kinds)
            ? steps
            : throw new InvalidDataException(
                $"its {name} has the steps {Quoted.Names(found)}; T5's are {Quoted.Names(kinds)}, and no others are read.");
    }

    private static JsonElement List(JsonElement value, string name, int most)
    {
        JsonElement list = Member(value, name);
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= most
            ? list
            : throw new InvalidDataException($"its '{name}' should be a list of at most {most}.");
    }

    private static string Content(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        return length is > 0 and <= SentencePieceModel.LongestPiece
            ? text
            : throw new InvalidDataException(
                $"{Quoted.Name(text)} has {length} bytes; a piece has 1 to {SentencePieceModel.LongestPiece}.");
    }

    private static int Id(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id >= 0
        ? id
        : throw new InvalidDataException("an id isn't a whole number from 0 on.");

    private static string TypeOf(JsonElement step) =>
        Member(step, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "of no type";

    private static bool IsTrue(JsonElement value, string name) => Member(value, name).ValueKind == JsonValueKind.True;

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    // Undefined where there is none.
    private static JsonElement Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) ? member : default;
}
