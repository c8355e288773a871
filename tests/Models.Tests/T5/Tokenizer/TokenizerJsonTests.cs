using System.Text.Json.Nodes;
using CogVideoX.Models.T5;
using CogVideoX.Models.Tests.Weights;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// tokenizer.json alone, and added_tokens.json beside spiece.model.
public sealed class TokenizerJsonTests : IDisposable
{
    private const string ModelName = "spiece.model", JsonName = "tokenizer.json", AddedName = "added_tokens.json";

    private static readonly string Goldens = Path.Combine(TokenizerFolder.Path, "json");

    private static readonly JsonArray Rows = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens, "cases.json")))!["rows"]!.AsArray();

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_row_has_the_ids_of_the_library()
    {
        Copy(JsonName);
        T5Tokenizer tokenizer = Load();

        Assert.Equal((0, 1, 2, 210), (tokenizer.PadId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.VocabularySize));
        Assert.Equal(53, Rows.Count);
        Assert.All(Rows, row =>
        {
            string text = Text(row!);
            int[] ids = Ids(row!, "ids");
            Assert.Equal(ids, tokenizer.Encode(text, addEos: true));
            Assert.Equal(ids.Length - 1, tokenizer.Coverage(text).Tokens);
            Assert.Equal(tokenizer.Normalize(text), string.Concat(tokenizer.Pieces(text)));
        });
    }

    // Added tokens are found in the text; otherwise SentencePiece decides, also where tokenizer.json lies there, too.
    [Fact]
    public void Beside_a_spiece_model_added_tokens_are_found_and_nothing_else_changes()
    {
        Copy(JsonName);
        File.Copy(TokenizerFolder.ModelFile, folder[ModelName]);
        T5Tokenizer plain = Load();
        Copy(AddedName);
        T5Tokenizer tokenizer = Load();

        Assert.Equal((110, 210), (plain.VocabularySize, tokenizer.VocabularySize));
        Assert.All(Rows, row =>
        {
            string text = Text(row!);
            int[] spiece = Ids(row!, row!["spiece_ids"] is null ? "ids" : "spiece_ids");
            Assert.Equal(spiece, plain.Encode(text, addEos: true));
            Assert.Equal(text.Contains("<extra_id_") ? Ids(row, "ids") : spiece, tokenizer.Encode(text, addEos: true));
        });
        Assert.Equal(3, Rows.Count(row => Text(row!).Contains("<extra_id_")));
    }

    [Fact]
    public void Added_tokens_have_pieces_of_their_own()
    {
        Copy(JsonName);
        T5Tokenizer tokenizer = Load();

        Assert.Equal(["▁", "x", "<extra_id_0>", "▁", "y"], tokenizer.Pieces("x <extra_id_0> y"));
        Assert.Equal("x y", tokenizer.Decode(tokenizer.Encode("x <extra_id_0> y", addEos: true)));
        TokenizedPrompt cut = tokenizer.EncodePadded("x <extra_id_0> y", 4);
        Assert.Equal([3, 85, 209, 1], cut.Ids);
        Assert.Equal(("y", 2), (cut.Truncated, cut.TruncatedTokens));
        Assert.Equal([1], tokenizer.Encode("", addEos: true));
    }

    [Theory]
    [InlineData("""{"<extra_id_0>": 300}""", "the added token '<extra_id_0>' can't have the id 300")]
    [InlineData("""{"x": 5}""", "the added token 'x' can't have the id 5")]
    [InlineData("""{"x": 110}""", "the added token 'x' can't have the id 110")] // a piece of the vocabulary
    [InlineData("""{"": 110}""", "'' has 0 bytes")]
    [InlineData("""{"<a>": -1}""", "an id isn't a whole number from 0 on")]
    [InlineData("""{"<a>": "110"}""", "an id isn't a whole number from 0 on")]
    [InlineData("[]", "it should be an object of at most 10000 tokens")]
    [InlineData("{", "isn't valid JSON")]
    public void Added_tokens_that_cant_be_are_refused(string text, string says)
    {
        File.Copy(TokenizerFolder.ModelFile, folder[ModelName]);
        File.WriteAllText(folder[AddedName], text);

        Assert.StartsWith(folder[AddedName], Refusal());
        Assert.Contains(says, Refusal());
    }

    [Theory]
    [InlineData("model", "type", "\"BPE\"", "its model is 'BPE'; T5's is Unigram, and no other is read")]
    [InlineData("model", "byte_fallback", "true", "its model has 'byte_fallback'")]
    [InlineData("model", "unk_id", "210", "its 'unk_id' is 210, but it has 210 pieces")]
    [InlineData("model", "unk_id", "null", "an id isn't a whole number from 0 on")]
    [InlineData("model", "vocab", "{}", "its 'vocab' should be a list")]
    [InlineData("model", "vocab", """[["a"]]""", "piece 0 of its 'vocab' isn't a text with a score")]
    [InlineData("model", "vocab", """[["a", 0], ["a", 0]]""", "piece 1 of its 'vocab', 'a', occurs twice")]
    [InlineData("model", "vocab", """[["<unk>", 0]]""", "its 'unk_id' is 2, but it has 1 pieces")]
    [InlineData("model", "vocab", """[["a", 0], ["", 0], ["<unk>", 0]]""", "'' has 0 bytes; a piece has 1 to 1024")]
    [InlineData("model", "vocab", """[["a", 1e999], ["b", 0], ["<unk>", 0]]""", "piece 0 has the score Infinity")]
    [InlineData("normalizer", "type", "\"Lowercase\"", "its normalizer is 'Lowercase'; T5's is Precompiled, and no other is read")]
    [InlineData("normalizer", "type", "\"Sequence\"", "its normalizer has the steps ")]
    [InlineData("normalizer", "type", "7", "its normalizer is 'of no type'")]
    [InlineData("normalizer", "precompiled_charsmap", "\"%\"", "isn't a text in base64")]
    [InlineData("normalizer", "precompiled_charsmap", "\"AAAA\"", "the normalizer's character map is broken: it has 3 bytes")]
    [InlineData("pre_tokenizer", "type", "\"Metaspace\"", "its pre_tokenizer is 'Metaspace'; T5's is Sequence")]
    [InlineData("pre_tokenizer", "pretokenizers", """[{"type": "Punctuation"}]""", "its pre_tokenizer has the steps 'Punctuation'")]
    [InlineData("pre_tokenizer", "pretokenizers", """[{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "first"}]""",
        "'prepend_scheme' \"always\"")]
    [InlineData("post_processor", "type", "\"BertProcessing\"", "its post_processor is 'BertProcessing'")]
    [InlineData("post_processor", "single", "[]", "should put one token behind a text, </s>")]
    [InlineData("post_processor", "special_tokens", """{"</s>": {"ids": [0]}}""", "should put one token behind a text, </s>")]
    [InlineData(null, "normalizer", "null", "it has no normalizer; T5's is Precompiled")]
    [InlineData(null, "model", "null", "it has no model; T5's is Unigram")]
    [InlineData(null, "added_tokens", "null", "its 'added_tokens' should be a list")]
    [InlineData(null, "added_tokens", "[{}]", "one of its 'added_tokens' has no 'content'")]
    [InlineData(null, "added_tokens", """[{"content": "<a>", "id": 210, "normalized": true}]""", "its added token '<a>' has 'normalized'")]
    [InlineData(null, "added_tokens", """[{"content": "<a>", "id": 210, "single_word": true}]""", "token '<a>' has 'single_word'")]
    [InlineData(null, "added_tokens", """[{"content": "<a>", "id": 211}]""", "the added token '<a>' can't have the id 211")]
    [InlineData(null, "added_tokens", """[{"content": "</s>", "id": 1}, {"content": "</s>", "id": 1}]""", "'</s>' occurs twice")]
    [InlineData(null, "added_tokens", "[]", "it has no control piece <pad>")]
    public void Another_tokenizer_is_refused_by_its_step(string? part, string key, string value, string says)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens, JsonName)))!;
        (part is null ? json : json[part]!)[key] = JsonNode.Parse(value);
        File.WriteAllText(folder[JsonName], json.ToJsonString());

        Assert.StartsWith(folder[JsonName], Refusal());
        Assert.Contains(says, Refusal());
        Assert.DoesNotContain(Refusal(), char.IsControl);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("not even JSON", "isn't valid JSON")]
    [InlineData("[]", "it has no model")]
    [InlineData("{}", "it has no model; T5's is Unigram")]
    public void A_file_of_another_kind_is_refused(string text, string says)
    {
        File.WriteAllText(folder[JsonName], text);
        Assert.Contains(says, Refusal());
    }

    [Fact]
    public void A_file_of_absurd_size_is_refused_unread()
    {
        using (FileStream file = File.OpenWrite(folder[JsonName]))
            file.SetLength(1L << 40);
        Assert.Contains("such a file has at most", Refusal());
    }

    // The library's older form of Metaspace, and tokens that take the spaces beside them.
    [Fact]
    public void Older_and_newer_forms_of_the_same_are_read()
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens, JsonName)))!;
        json["pre_tokenizer"]!["pretokenizers"]![1] =
            JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""");
        foreach (JsonNode? token in json["added_tokens"]!.AsArray())
            (token!["lstrip"], token["rstrip"]) = (true, true);
        File.WriteAllText(folder[JsonName], json.ToJsonString());
        T5Tokenizer tokenizer = Load();

        Assert.All(Rows, row => Assert.Equal(Ids(row!, "ids"), tokenizer.Encode(Text(row!), addEos: true)));
        // A space that isn't the token's own begins a grapheme, in which the accent vanishes (both as the library has it).
        Assert.Equal([3, 2, 0, 3, 2, 85, 1], tokenizer.Encode("\uAE00 <pad>\t\u00A0\u0323x", addEos: true));
        Copy(JsonName);
        Assert.Equal([3, 2, 0, 3, 85, 1], Load().Encode("\uAE00 <pad>\t\u00A0\u0323x", addEos: true));
    }

    // What transformers 4 makes of a spiece.model with other steps: checked against the library, which gives these rows the same ids.
    [Fact]
    public void The_form_that_transformers_converts_to_is_read()
    {
        JsonNode json = Converted();
        File.WriteAllText(folder[JsonName], json.ToJsonString());
        T5Tokenizer tokenizer = Load();

        Assert.All(Rows, row => Assert.Equal(Ids(row!, "ids"), tokenizer.Encode(Text(row!), addEos: true)));
        json["normalizer"]!["normalizers"]![2]!["content"] = " ";
        File.WriteAllText(folder[JsonName], json.ToJsonString());
        Assert.Contains("its normalizer isn't T5's: Strip should be at the right", Refusal());
        json["normalizer"]!["normalizers"]!.AsArray().RemoveAt(1);
        File.WriteAllText(folder[JsonName], json.ToJsonString());
        Assert.Contains("the steps 'Precompiled', 'Replace'; T5's are 'Precompiled', 'Strip', 'Replace', and no others", Refusal());
    }

    private static JsonNode Converted()
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens, JsonName)))!;
        JsonNode steps = JsonNode.Parse(
            """
            {"type": "Sequence", "normalizers": [
              {"type": "Strip", "strip_left": false, "strip_right": true},
              {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]}
            """)!;
        steps["normalizers"]!.AsArray().Insert(0, json["normalizer"]!.DeepClone());
        json["normalizer"] = steps;
        json["pre_tokenizer"] = json["pre_tokenizer"]!["pretokenizers"]![1]!.DeepClone();
        return json;
    }

    private T5Tokenizer Load() => T5Tokenizer.Load(folder.Path);

    private string Refusal() => Assert.Throws<TokenizerException>(Load).Message;

    private void Copy(string name) => File.Copy(Path.Combine(Goldens, name), folder[name], overwrite: true);

    private static string Text(JsonNode row) => row["text"]!.GetValue<string>();

    private static int[] Ids(JsonNode row, string key) => [.. row[key]!.AsArray().Select(id => id!.GetValue<int>())];
}
