using System.Text;
using CogVideoX.Models.T5;
using CogVideoX.Models.Tests.Weights;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// What people have in place of tokenizer/spiece.model.
public sealed class TokenizerFileTests : IDisposable
{
    private readonly TempFolder checkpoint = new();

    public void Dispose() => checkpoint.Dispose();

    private string ModelPath => checkpoint["tokenizer/spiece.model"];

    [Fact]
    public void A_missing_folder_is_named_with_the_remedy()
    {
        string message = Refusal();

        Assert.StartsWith($"{ModelPath} doesn't exist. Copy it there", message);
    }

    [Fact]
    public void Beside_a_tokenizer_json_the_spiece_model_is_used()
    {
        Write("tokenizer/tokenizer.json", "not even JSON");
        File.Copy(TokenizerFolder.ModelFile, ModelPath);

        Assert.Equal(110, T5Tokenizer.Load(checkpoint["tokenizer"]).VocabularySize);
    }

    [Theory]
    [InlineData("text_encoder/spiece.model")]
    [InlineData("spiece.model")]
    [InlineData("tokenizer_spiece.model")]
    public void A_model_in_another_place_is_pointed_at(string place)
    {
        Write(place, "");

        Assert.Equal($"{ModelPath} doesn't exist, but {checkpoint[place]} does. Move it there.", Refusal());
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_named()
    {
        Directory.CreateDirectory(ModelPath);

        Assert.StartsWith($"{ModelPath} is a folder.", Refusal());
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 791656\n", "Run 'git lfs pull'")]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>", "a web page")]
    [InlineData("\n \t<html>", "a web page")]
    [InlineData("{\"version\": \"1.0\"}", "this is JSON")]
    [InlineData("GGUF\u0003\0\0\0", "a GGUF file")]
    [InlineData("PK\u0003\u0004\u0014", "a zip archive")]
    [InlineData("something else", "damaged or isn't a SentencePiece unigram model")]
    public void A_file_of_another_kind_is_recognised(string content, string kind)
    {
        Write("tokenizer/spiece.model", content);

        string message = Refusal();

        Assert.StartsWith($"{ModelPath}: ", message);
        Assert.Contains(kind, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\0b/c")]
    [InlineData("no\u001B[31m\nsuch")]
    public void A_path_that_can_not_be_is_refused_in_one_line(string path)
    {
        string message = Assert.Throws<TokenizerException>(() => SentencePieceModel.Load(path)).Message;

        Assert.Contains("doesn't exist", message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => T5Tokenizer.Load(null!));
        Assert.Throws<ArgumentNullException>(() => SentencePieceModel.Load(null!));
        Assert.Throws<ArgumentNullException>(() => T5Tokenizer.Load(TokenizerFolder.Path).Encode(null!, addEos: true));
    }

    // Only T5's slow tokenizer in transformers heeds these files; the vocabulary is all that counts here.
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"legacy": true, "extra_ids": 100}""")]
    [InlineData("""{"legacy": false, "added_tokens_decoder": {"1": {"content": "</s>", "special": true}}}""")]
    public void Flags_beside_the_model_change_nothing(string config)
    {
        Write("tokenizer/tokenizer_config.json", config);
        File.Copy(TokenizerFolder.ModelFile, ModelPath);
        T5Tokenizer flagged = T5Tokenizer.Load(checkpoint["tokenizer"]), plain = T5Tokenizer.Load(TokenizerFolder.Path);

        foreach (string text in (string[])["<extra_id_0>. Hello", "Hey </s>. how are you", "<pad></s><unk>", "!!!!!!"])
        {
            Assert.Equal(plain.Encode(text, addEos: true), flagged.Encode(text, addEos: true));
            Assert.Equal("\u2581" + text.Replace(' ', '\u2581'), string.Concat(flagged.Pieces(text)));
        }
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(checkpoint[name])!);
        File.WriteAllText(checkpoint[name], content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    private string Refusal() => Assert.Throws<TokenizerException>(() => T5Tokenizer.Load(checkpoint["tokenizer"])).Message;
}
