using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Every row of goldens/tokenizer, made by sentencepiece.
public class GoldenTests
{
    private static readonly GoldenCases Goldens = GoldenCases.Read();

    private static readonly T5Tokenizer Tokenizer = T5Tokenizer.Load(TokenizerFolder.Path);

    public static TheoryData<int, string> Rows
    {
        get
        {
            var rows = new TheoryData<int, string>();
            for (int i = 0; i < Goldens.Cases.Length; i++)
                rows.Add(i, Goldens.Cases[i].Text);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_equals_the_reference(int index, string text)
    {
        GoldenRow row = Goldens.Cases[index];
        List<string> differences = [];

        Compare("normalized", [row.Normalized], [Tokenizer.Normalize(text)]);
        Compare("pieces", row.Pieces, Tokenizer.Pieces(text));
        Compare("ids", row.Ids, Tokenizer.Encode(text, addEos: false));
        Compare("ids_eos", row.IdsEos, Tokenizer.Encode(text, addEos: true));
        Compare("padded_12", row.Padded12, Tokenizer.EncodePadded(text, 12).Ids);
        Compare("padded_40", row.Padded40, Tokenizer.EncodePadded(text, 40).Ids);
        Compare("decoded", [row.Decoded], [Tokenizer.Decode(row.Ids)]);

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));

        void Compare<T>(string what, IReadOnlyList<T> expected, IReadOnlyList<T> actual)
        {
            if (!expected.SequenceEqual(actual))
                differences.Add($"{what}: expected [{string.Join(' ', expected)}], got [{string.Join(' ', actual)}]");
        }
    }

    [Fact]
    public void The_ids_of_special_pieces_come_from_the_model()
    {
        Assert.Equal(Goldens.VocabularySize, Tokenizer.VocabularySize);
        Assert.Equal(Goldens.Pad, Tokenizer.PadId);
        Assert.Equal(Goldens.Eos, Tokenizer.EosId);
        Assert.Equal(Goldens.Unk, Tokenizer.UnknownId);
    }
}
