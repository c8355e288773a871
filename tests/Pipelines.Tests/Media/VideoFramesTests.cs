using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class VideoFramesTests
{
    [Fact]
    public void Frames_are_slices_of_the_data()
    {
        var video = TestVideos.Noise(3, 2, 4);
        Assert.Equal(video.Data.Slice(24, 24).ToArray(), video.Frame(1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => video.Frame(3));
    }

    [Fact]
    public void Data_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new VideoFrames(new float[3 * 2 * 4 + 1], 1, 2, 4));

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 255)]
    [InlineData(-0.5f, 0)]
    [InlineData(1.5f, 255)]
    [InlineData(0.5f, 128)]                 // 127.5, half to even
    [InlineData(0.1f, 26)]                  // 25.5 in single precision, up to even
    [InlineData(0.3f, 76)]                  // 76.5 in single precision, down to even
    [InlineData(float.NaN, 0)]
    public void Eight_bits_are_rounded_as_the_reference_rounds(float value, byte expected)
    {
        var video = new VideoFrames(new[] { value, 0f, 1f }, 1, 1, 1);
        Assert.Equal([expected, 0, 255], video.FrameRgb24(0));
    }

    [Fact]
    public void Pixels_stay_in_their_order()
    {
        var video = new VideoFrames(new[] { 1f, 0f, 0.2f, 0f, 1f, 0.4f }, 1, 1, 2);
        Assert.Equal([255, 0, 51, 0, 255, 102], video.FrameRgb24(0));
    }
}
