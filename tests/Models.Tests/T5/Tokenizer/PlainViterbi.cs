using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Segmentation as SentencePiece 0.2.3 has it, written down from its rule for vocabularies without symbols of the user's and bytes:
// a dictionary, strings and a loop. Sums are rounded to float32 for each piece, before they are compared, and the first of equals stays.
internal sealed class PlainViterbi
{
    private readonly Dictionary<string, int> idOf = [];
    private readonly SentencePieceModel model;
    private readonly float unknownScore;
    private readonly int longest;

    public PlainViterbi(SentencePieceModel model)
    {
        this.model = model;
        float lowest = float.PositiveInfinity;
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            SentencePiece piece = model.Pieces[id];
            if (piece.Type != PieceType.Normal)
                continue;
            idOf.Add(piece.Text, id);
            lowest = Math.Min(lowest, (float)piece.Score);
            longest = Math.Max(longest, piece.Text.Length);
        }
        unknownScore = lowest - 10f;
    }

    // The ids of normalized text.
    public int[] Ids(string text)
    {
        float[] best = new float[text.Length + 1];
        (int Start, int Id)[] last = new (int, int)[text.Length + 1];
        Array.Fill(best, float.NaN);
        best[0] = 0f;
        for (int start = 0; start < text.Length; start += CharacterAt(text, start))
        {
            bool characterKnown = false;
            for (int length = 1; length <= longest && start + length <= text.Length; length++)
            {
                if (!idOf.TryGetValue(text.Substring(start, length), out int id))
                    continue;
                Offer(start, length, id, (float)model.Pieces[id].Score);
                characterKnown |= length == CharacterAt(text, start);
            }

            if (!characterKnown)
                Offer(start, CharacterAt(text, start), model.UnknownId, unknownScore);
        }

        return FollowBack(last);

        void Offer(int start, int length, int id, float score)
        {
            float candidate = best[start] + score;
            if (!float.IsNaN(best[start + length]) && !(candidate > best[start + length]))
                return;
            best[start + length] = candidate;
            last[start + length] = (start, id);
        }
    }

    private int[] FollowBack((int Start, int Id)[] last)
    {
        List<int> ids = [];
        for (int end = last.Length - 1; end > 0; end = last[end].Start)
        {
            int id = last[end].Id;
            if (id != model.UnknownId || ids.Count == 0 || ids[^1] != id)
                ids.Add(id);
        }

        ids.Reverse();
        return [.. ids];
    }

    private static int CharacterAt(string text, int index) => char.IsHighSurrogate(text[index]) ? 2 : 1;
}
