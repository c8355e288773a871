namespace CogVideoX.Models.T5;

// The best segmentation of a text up to one position: its score, and its last piece.
internal struct BestPath
{
    public static readonly BestPath NotReached = new() { Start = -1 };

    public float Score;
    public int Start;
    public int Id;

    // The first of equals stays.
    public void Offer(double score, int start, int id)
    {
        if (Start >= 0 && !(score > Score))
            return;
        Score = (float)score;
        Start = start;
        Id = id;
    }
}
