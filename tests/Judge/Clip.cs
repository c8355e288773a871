namespace CogVideoX.Judge;

/// <summary>Frames to be judged.</summary>
/// <param name="height">Pixels.</param> <param name="width">Pixels.</param>
public sealed class Clip(int height, int width)
{
    private readonly List<float[]> frames = [];

    public int Height => height;

    public int Width => width;

    public int Count => frames.Count;

    /// <param name="frame">[H,W,3] in [0,1]; copied.</param>
    public void Add(ReadOnlySpan<float> frame)
    {
        if (frame.Length != 3 * height * width)
            throw new ArgumentException($"{frame.Length} numbers are not a frame [{height},{width},3].", nameof(frame));
        frames.Add(frame.ToArray());
    }

    /// <returns>[H,W,3]</returns>
    internal float[] Frame(int index) => frames[index];
}
