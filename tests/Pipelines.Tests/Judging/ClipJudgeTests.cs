using CogVideoX.Judge;

namespace CogVideoX.Pipelines.Tests.Judging;

/// <summary>The judge on clips that were drawn.</summary>
public class ClipJudgeTests
{
    private const int Side = 32;

    [Theory]
    [InlineData(6, 0, 0, "moving right")]
    [InlineData(-6, 0, 0, "moving left")]
    [InlineData(0, 6, 0, "moving down")]
    [InlineData(0, -6, 0, "moving up")]
    [InlineData(0, 0, 4, "growing")]
    [InlineData(0, 0, -3, "shrinking")]
    [InlineData(1, 0, 0, "standing still")]
    public void Motion_is_seen(int right, int down, int larger, string motion)
    {
        var clip = new Clip(Side, Side);
        clip.Add(Square(16 - right / 2, 16 - down / 2, 5));
        clip.Add(Square(16 + right - right / 2, 16 + down - down / 2, 5 + larger));
        Assert.Equal(new ClipReading("red", "square", motion, "navy"), ClipJudge.Read(clip));
        Assert.Equal($"a red square {motion} on a navy background", ClipJudge.Read(clip).ToString());
    }

    [Fact]
    public void Nothing_to_see_is_unreadable()
    {
        var clip = new Clip(Side, Side);
        clip.Add(Square(16, 16, 5));
        clip.Add(Square(16, 16, 0));
        Assert.Equal(new ClipReading("unreadable", "unreadable", "unreadable", "navy"), ClipJudge.Read(clip));
    }

    [Fact]
    public void Attributes_that_agree_are_counted()
    {
        var reading = new ClipReading("red", "square", "moving up", "navy");
        Assert.Equal(4, reading.Matches(reading));
        Assert.Equal(2, reading.Matches(new ClipReading("red", "circle", "moving up", "black")));
    }

    [Fact]
    public void Frames_must_have_the_clips_size()
    {
        var clip = new Clip(Side, Side);
        Assert.Throws<ArgumentException>(() => clip.Add(new float[5]));
    }

    /// <summary>A red square on navy; its half side 0 for none.</summary>
    private static float[] Square(int x, int y, int half)
    {
        var frame = new float[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
        {
            bool isInside = half > 0 && Math.Abs(i % Side - x) <= half && Math.Abs(i / Side - y) <= half;
            (frame[3 * i], frame[3 * i + 1], frame[3 * i + 2]) = isInside ? (0.9f, 0.1f, 0.1f) : (0.05f, 0.07f, 0.30f);
        }
        return frame;
    }
}
