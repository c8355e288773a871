using System.Numerics;

namespace CogVideoX.Models.T5;

// The best segmentation of a text up to one position: its score, and its last piece. TScore is what sets programs apart where
// segmentations tie: every sum is rounded to it before it is compared. SentencePiece 0.2.3 has float, the tokenizers library double.
internal struct BestPath<TScore> where TScore : struct, IBinaryFloatingPointIeee754<TScore>
{
    public static readonly BestPath<TScore> NotReached = new() { Start = -1 };

    public TScore Score;
    public int Start;
    public int Id;

    // A piece at the end of the best segmentation up to its start. The first of equals stays.
    public void Offer(TScore scoreAtStart, TScore pieceScore, int start, int id)
    {
        TScore score = scoreAtStart + pieceScore;
        if (Start >= 0 && !(score > Score))
            return;
        Score = score;
        Start = start;
        Id = id;
    }
}
