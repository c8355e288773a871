using System.Text;
using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Lines whose best segmentations tie or nearly tie, where nothing but rounding chooses between them.
public class TieTests
{
    private const int RandomLines = 20_000, NormalizerBytes = 240_025;

    private static readonly Dictionary<int, SentencePieceModel> Models = new() { [110] = Load("spiece.model"), [400] = LoadTies() };

    [Theory]
    [InlineData(110, 460)]
    [InlineData(400, 240)]
    public void Lines_that_tie_have_the_ids_of_the_reference(int vocabulary, int count)
    {
        var tokenizer = new T5Tokenizer(Models[vocabulary]);
        TieRow[] rows = TieRow.Read(vocabulary);

        Assert.Equal(count, rows.Length);
        Assert.All(rows, row => Assert.Equal(row.Ids, tokenizer.Encode(row.Text, addEos: false)));
    }

    [Theory]
    [InlineData(110)]
    [InlineData(400)]
    public void The_rule_written_down_has_the_ids_of_the_reference(int vocabulary)
    {
        var tokenizer = new T5Tokenizer(Models[vocabulary]);
        var plain = new PlainViterbi(Models[vocabulary]);

        Assert.All(TieRow.Read(vocabulary), row => Assert.Equal(row.Ids, plain.Ids(tokenizer.Normalize(row.Text))));
    }

    [Theory]
    [InlineData(110)]
    [InlineData(400)]
    public void Random_lines_are_split_by_the_rule(int vocabulary)
    {
        SentencePieceModel model = Models[vocabulary];
        var tokenizer = new T5Tokenizer(model);
        var plain = new PlainViterbi(model);
        var unrounded = new UnigramSegmenter<double>(model);
        var random = new Random(vocabulary);
        int decidedByRounding = 0;

        for (int i = 0; i < RandomLines; i++)
        {
            string line = RandomLine(random, model);
            int[] ids = tokenizer.Encode(line, addEos: false);
            Assert.True(ids.SequenceEqual(plain.Ids(tokenizer.Normalize(line))), line);
            decidedByRounding += ids.SequenceEqual(Ids(unrounded, tokenizer.Normalize(line))) ? 0 : 1;
        }

        Assert.True(decidedByRounding > RandomLines / 100, $"only {decidedByRounding} lines tie");
    }

    [Fact]
    public void Sums_in_double_follow_the_tokenizers_library()
    {
        var tokenizer = new T5Tokenizer(Models[110]);

        Assert.Equal(["\u2581", "ll", "l"], tokenizer.Pieces("lll"));
        Assert.Equal([3, 54, 46], Ids(new UnigramSegmenter<double>(Models[110]), tokenizer.Normalize("lll")));
    }

    // Pieces and runs of one letter, since it is repetition that ties; and now and then a character that no piece covers.
    private static string RandomLine(Random random, SentencePieceModel model)
    {
        var line = new StringBuilder();
        for (int parts = random.Next(1, 12); parts > 0; parts--)
        {
            string piece = model.Pieces[random.Next(3, model.Pieces.Count)].Text;
            line.Append(random.Next(20) switch
            {
                0 => char.ConvertFromUtf32(random.Next(0x3040, 0xD7FF)),
                < 12 => piece,
                _ => new string(piece[^1], random.Next(2, 10)),
            });
        }

        return line.ToString();
    }

    private static int[] Ids(UnigramSegmenter<double> segmenter, string normalized)
    {
        byte[] text = Encoding.UTF8.GetBytes(normalized);
        Segment[] segments = new Segment[text.Length];
        int first = segmenter.Segment(text, segments);
        return [.. segments[first..].Select(segment => segment.Id)];
    }

    private static SentencePieceModel Load(string name) => SentencePieceModel.Load(Path.Combine(TokenizerFolder.Path, name));

    // The file leaves out the normalizer, 240 KB of it, which is spiece.model's byte for byte. Protobuf messages are joined by putting
    // one behind the other, and a normalizer is the last thing in a model.
    private static SentencePieceModel LoadTies()
    {
        byte[] pieces = File.ReadAllBytes(Path.Combine(TokenizerFolder.Path, "ties-400.pieces.model"));
        byte[] whole = File.ReadAllBytes(TokenizerFolder.ModelFile);
        return ModelBytes.LoadModel([.. pieces, .. whole[^NormalizerBytes..]]);
    }
}
