using CogVideoX.Models.T5;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Models that are damaged, or made to do damage.
public class HostileModelTests
{
    private static readonly byte[] Good = File.ReadAllBytes(TokenizerFolder.ModelFile);

    [Fact]
    public void A_refused_file_is_named_with_the_remedy()
    {
        string message = Refusal([1, 2, 3]);

        Assert.Matches(@"spiece-.*\.model: ", message);
        Assert.Contains("copy the tokenizer folder of the checkpoint again", message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(-1)]
    public void A_truncated_file_is_refused(int length) => Refusal(Good[..(length < 0 ? Good.Length + length : length)]);

    [Fact]
    public void A_file_cut_between_two_fields_is_refused()
    {
        byte[] piecesAlone = [.. ModelBytes.Small("a").ToArray().SkipLast(4)];

        Assert.Contains("ends before", Refusal(piecesAlone));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    [InlineData(0x0C)]
    public void Garbage_behind_the_model_is_refused(byte value) => Refusal([.. Good, value, value, value]);

    [Fact]
    public void A_length_past_the_end_is_refused() => Refusal([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x0A, 0x01]);

    [Fact]
    public void Groups_without_end_are_refused() => Refusal([.. Enumerable.Repeat((byte)0x7B, 100_000)]);

    [Fact]
    public void A_file_of_absurd_size_is_refused_unread()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
                file.SetLength(1L << 40);
            Assert.Contains("too many", Assert.Throws<TokenizerException>(() => SentencePieceModel.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(2, "BPE")]
    [InlineData(3, "word")]
    [InlineData(9, "9")]
    public void A_model_of_another_type_is_refused(int type, string name) =>
        Assert.Contains(name, Refusal(ModelBytes.Small("a").Trainer(3, type)));

    [Fact]
    public void Exactly_one_unknown_piece_is_wanted()
    {
        Assert.Contains("has 0", Refusal(new ModelBytes().Piece("a", 0, PieceType.Normal)));
        Assert.Contains("has 2", Refusal(ModelBytes.Small("a").Piece("<unk2>", 0, PieceType.Unknown)));
    }

    [Fact]
    public void Pieces_that_make_no_sense_are_refused()
    {
        Assert.Contains("empty", Refusal(ModelBytes.Small("")));
        Assert.Contains("twice", Refusal(ModelBytes.Small("a", "a")));
        Assert.Contains("score", Refusal(ModelBytes.Small().Piece("a", float.NaN, PieceType.Normal)));
        Assert.Contains("type 7", Refusal(ModelBytes.Small().Piece("a", 0, (PieceType)7)));
        Assert.Contains("long", Refusal(ModelBytes.Small(new string('a', 5000))));
        Assert.Contains("UTF-8", Refusal(ModelBytes.Small().Piece(ByteString.CopyFrom(0xC3), 0, 1)));
        Assert.Contains("normal", Refusal(new ModelBytes().Piece("<unk>", 0, PieceType.Unknown)));
    }

    [Fact]
    public void Byte_pieces_come_all_or_not_at_all()
    {
        Assert.Contains("256", Refusal(ModelBytes.Small("a").Trainer(35, 1)));
        Assert.Contains("has 1", Refusal(ModelBytes.Small("a").Piece("<0x41>", 0, PieceType.Byte)));
        Assert.Contains("<0xNN>", Refusal(ModelBytes.Small("a").Piece("A", 0, PieceType.Byte)));
    }

    [Fact]
    public void A_model_without_padding_or_end_is_refused()
    {
        SentencePieceModel model = new ModelBytes().Piece("<unk>", 0, PieceType.Unknown).Piece("a", 0, PieceType.Normal).Load();

        Assert.Contains("<pad>", Assert.Throws<TokenizerException>(() => new T5Tokenizer(model)).Message);
    }

    [Theory]
    [InlineData("it has", new byte[] { 1, 2 })]
    [InlineData("its trie is said", new byte[] { 255, 255, 255, 255, 0 })]
    [InlineData("its trie is said", new byte[] { 0, 0, 0, 0, 0 })]
    [InlineData("its trie is said", new byte[] { 3, 0, 0, 0, 1, 1, 1, 0 })]
    [InlineData("points outside", new byte[] { 4, 0, 0, 0, 1, 1, 1, 1, 0 })]
    [InlineData("has no end", new byte[] { 4, 0, 0, 0, 0, 0, 0, 0, 65 })]
    [InlineData("valid UTF-8", new byte[] { 4, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0 })]
    public void A_broken_character_map_is_refused(string why, byte[] map) =>
        Assert.Contains(why, Refusal(ModelBytes.Small("a").CharacterMap(map)));

    [Theory]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void A_character_map_that_leads_behind_its_replacements_is_refused(int value) =>
        Assert.Contains("no replacement", Refusal(ModelBytes.Small("a").CharacterMapOfA(value, "A\0"u8)));

    [Fact]
    public void A_character_map_that_explodes_text_is_refused() =>
        Assert.Contains("bytes long", Refusal(ModelBytes.Small("a").CharacterMapOfA(0, [.. Enumerable.Repeat((byte)'A', 5000), 0])));

    [Fact]
    public void A_character_map_that_leads_in_a_circle_takes_linear_time()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a").CharacterMapInACircle().Load());

        string text = new('a', T5Tokenizer.LongestText);

        Assert.Equal("\u2581" + text, tokenizer.Normalize(text));
    }

    [Fact]
    public void Text_of_the_file_is_quoted_in_messages()
    {
        string name = "\u001B[31m\n" + new string('x', 1000);

        string twice = Refusal(ModelBytes.Small(name, name));
        string notAByte = Refusal(ModelBytes.Small("a").Piece(name, 0, PieceType.Byte));

        Assert.All([twice, notAByte], message =>
        {
            Assert.DoesNotContain(message, char.IsControl);
            Assert.Contains("'\\u001B[31m\\u000Axxx", message);
            Assert.InRange(message.Length, 0, 450);
        });
    }

    [Fact]
    public void A_mutated_model_is_refused_or_works()
    {
        // The vocabulary is a hundredth of the file: left to chance, mutations would nearly always hit the character map.
        var position = Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, Good.Length - 1), Gen.Choose(Good.Length - 100, Good.Length - 1));
        var mutation = from at in position from value in Gen.Choose(0, 255) select (at, (byte)value);
        var mutations = mutation.NonEmptyListOf().Select(list => list.Take(8).ToArray());

        Prop.ForAll(mutations.ToArbitrary(), changes =>
        {
            byte[] bytes = [.. Good];
            foreach ((int at, byte value) in changes)
                bytes[at] = value;
            Exercise(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_model_cut_and_joined_anywhere_is_refused_or_works()
    {
        var place = Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, Good.Length));
        var places = from a in place from b in place select (a, b);

        Prop.ForAll(places.ToArbitrary(), cut => Exercise([.. Good[..cut.a], .. Good[cut.b..]]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static void Exercise(byte[] bytes)
    {
        T5Tokenizer tokenizer;
        try
        {
            tokenizer = new T5Tokenizer(ModelBytes.LoadModel(bytes));
        }
        catch (TokenizerException)
        {
            return;
        }

        string[] texts = ["a red circle, moving left!", "e\u0301 \uFB01 \uFF21\u3000\u2122\u1112\u1161\u11AB \uD83D\uDC3C \uD800"];
        foreach (string text in texts)
        {
            int[] ids = tokenizer.Encode(text, addEos: true);
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            Assert.Equal(tokenizer.Normalize(text), string.Concat(tokenizer.Pieces(text)));
            tokenizer.Decode(ids);
        }
    }

    private static string Refusal(ModelBytes model) => Refusal(model.ToArray());

    private static string Refusal(byte[] bytes) => Assert.Throws<TokenizerException>(() => ModelBytes.LoadModel(bytes)).Message;
}
