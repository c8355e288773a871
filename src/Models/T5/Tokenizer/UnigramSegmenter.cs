using System.Numerics;
using System.Text;

namespace CogVideoX.Models.T5;

// The most probable segmentation under a unigram language model (Kudo 2018, arXiv 1804.10959), by the Viterbi algorithm over
// byte positions as in sentencepiece (unigram_model.cc, EncodeOptimized). Where segmentations tie, TScore decides (BestPath).
internal sealed class UnigramSegmenter<TScore> where TScore : struct, IBinaryFloatingPointIeee754<TScore>
{
    private const int UnknownPenalty = 10;

    // C's FLT_MIN, the least the highest score can be in the reference.
    private const float SmallestNormal = 1.17549435e-38f;

    private readonly PieceTrie trie;
    private readonly TScore[] scores;
    private readonly TScore unknownScore;
    private readonly int unknownId;
    private readonly int[]? byteIds;

    // SentencePiece finds text pieces and symbols alone, the library tokenizers whatever has the name of a piece.
    public UnigramSegmenter(SentencePieceModel model, bool findsAll = false)
    {
        PieceType[] found = findsAll ? Enum.GetValues<PieceType>() : [PieceType.Normal, PieceType.UserDefined];
        IEnumerable<double> normal = model.Pieces.Where(piece => findsAll || piece.Type == PieceType.Normal).Select(piece => piece.Score);
        float highest = Math.Max(SmallestNormal, (float)normal.Max());
        trie = new PieceTrie(model.Keys(found));
        scores = [.. model.Pieces.Select(piece => Score(piece, highest))];
        unknownScore = TScore.CreateChecked(normal.Min()) - TScore.CreateChecked(UnknownPenalty);
        unknownId = model.UnknownId;
        byteIds = model.ByteIds;
    }

    // Fills segments, as long as text, from its end; returns where they begin.
    public int Segment(ReadOnlySpan<byte> text, Span<Segment> segments)
    {
        var best = new BestPath<TScore>[text.Length + 1];
        for (int i = 1; i < best.Length; i++)
            best[i] = BestPath<TScore>.NotReached;
        FindBestPaths(text, best);
        return FollowBack(text, best, segments);
    }

    // best[i] becomes the best segmentation of the first i bytes.
    private void FindBestPaths(ReadOnlySpan<byte> text, Span<BestPath<TScore>> best)
    {
        int characterLength;
        for (int start = 0; start < text.Length; start += characterLength)
        {
            characterLength = Math.Min(CharacterLength(text[start]), text.Length - start);
            TScore scoreHere = best[start].Score;
            bool characterKnown = false;
            int node = PieceTrie.Root;
            for (int end = start; end < text.Length && (node = trie.Child(node, text[end])) != PieceTrie.None;)
            {
                end++;
                int id = trie.IdAt(node);
                if (id == PieceTrie.None)
                    continue;
                best[end].Offer(scoreHere, scores[id], start, id);
                characterKnown |= end - start == characterLength;
            }

            if (!characterKnown)
                best[start + characterLength].Offer(scoreHere, unknownScore, start, unknownId);
        }
    }

    private int FollowBack(ReadOnlySpan<byte> text, ReadOnlySpan<BestPath<TScore>> best, Span<Segment> segments)
    {
        int first = segments.Length;
        int start;
        for (int end = text.Length; end > 0; end = start)
        {
            start = best[end].Start;
            int id = best[end].Id;
            if (id == unknownId && byteIds is not null)
            {
                for (int i = end - 1; i >= start; i--)
                    segments[--first] = new Segment(byteIds[text[i]], i, 1);
            }
            else if (id == unknownId && first < segments.Length && segments[first].Id == unknownId)
            {
                segments[first] = new Segment(unknownId, start, end - start + segments[first].Length);
            }
            else
            {
                segments[--first] = new Segment(id, start, end - start);
            }
        }

        return first;
    }

    // A user-defined symbol scores near zero, which is near certain, so that it isn't split.
    private static TScore Score(SentencePiece piece, float highest) => TScore.CreateChecked(piece.Type == PieceType.UserDefined
        ? (Encoding.UTF8.GetByteCount(piece.Text) * highest) - 0.1
        : piece.Score);

    private static int CharacterLength(byte first) => first switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };
}
