using System.Buffers.Binary;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Formats count time in hundredths, thousandths or fractions of a second: a video must last as long in each.</summary>
public class FrameTimeTests
{
    private const int Frames = 24;

    [Theory]
    [InlineData("8")]
    [InlineData("12")]
    [InlineData("15")]
    [InlineData("30000/1001")]
    [InlineData("30")]
    [InlineData("60")]
    [InlineData("100")]
    [InlineData("0.5")]
    public void A_video_lasts_as_long_as_asked(string fps)
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var rate = FrameRate.Parse(fps);
        var video = TestVideos.Drifting(Frames, 16, 16);
        double seconds = (double)Frames * rate.Denominator / rate.Numerator;
        foreach (string ending in new[] { ".gif", ".webp", ".png" })
            video.SaveAs(folder["clip" + ending], rate);

        int[] hundredths = GifDelays(File.ReadAllBytes(folder["clip.gif"]));
        Assert.Equal(Frames, hundredths.Length);
        Assert.Equal(seconds, hundredths.Sum() / 100.0, 0.0101);
        int[] thousandths = WebpDelays(File.ReadAllBytes(folder["clip.webp"]));
        Assert.Equal(Frames, thousandths.Length);
        Assert.Equal(seconds, thousandths.Sum() / 1000.0, 0.0101);
        byte[][] controls = [.. new PngFile(folder["clip.png"]).Of("fcTL")];
        Assert.Equal(Frames, controls.Length);
        Assert.Equal(seconds, controls.Sum(Seconds), 1e-9);
    }

    [Theory]
    [InlineData("120", "from 0.0015 to 100 frames a second, not 120")]
    [InlineData("1/1000", "not 0.001")]
    public void A_gif_refuses_what_its_clock_cannot_count(string fps, string problem)
    {
        Tools.RequireFfmpeg();
        var shape = new VideoShape(Frames, 16, 16, FrameRate.Parse(fps));
        Assert.Contains(problem, Assert.Throws<OutputException>(() => VideoSink.Check("clip.gif", shape)).Message);
    }

    [Theory]
    [InlineData(".gif", "50", null)]
    [InlineData(".gif", "60", "Browsers play a .gif of more than 50 frames a second too slowly (here 60)")]
    [InlineData(".webp", "60", null)]
    [InlineData(".webp", "120", "Browsers play a .webp of more than 90")]
    [InlineData(".png", "120", "Browsers play a .png of more than 90")]
    [InlineData(".mp4", "120", null)]
    public void Rates_that_players_do_not_keep_are_noted(string ending, string fps, string? start)
    {
        string? note = VideoFormats.ForPath("clip" + ending).Note(new VideoShape(Frames, 16, 16, FrameRate.Parse(fps)));
        if (start is null)
            Assert.Null(note);
        else
            Assert.StartsWith(start, note);
    }

    [Theory]
    [InlineData(".mp4", true)]
    [InlineData(".mov", true)]
    [InlineData(".mkv", true)]
    [InlineData(".webm", false)]
    [InlineData(".png", false)]
    public void Odd_sizes_that_are_filled_up_are_noted(string ending, bool isNoted)
    {
        var format = VideoFormats.ForPath("clip" + ending);
        Assert.Equal(isNoted, format.Note(new VideoShape(1, 31, 48, TestVideos.Rate))?.Contains("even sizes") == true);
        Assert.Null(format.Note(new VideoShape(1, 32, 48, TestVideos.Rate)));
        var odd = new VideoShape(1, 31, 48, TestVideos.Rate);
        Assert.Null(VideoFormats.ForPath("clip.mp4").Note(odd, new EncodingOptions { Codec = VideoCodec.Vp9 }));
    }

    private static double Seconds(byte[] control) =>
        (double)BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(20)) / BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(22));

    // Graphic control extensions: 21 F9 04, flags, delay in two bytes, transparent colour, 00.
    private static int[] GifDelays(byte[] file) => [.. Enumerable.Range(0, file.Length - 8)
        .Where(at => file[at] == 0x21 && file[at + 1] == 0xF9 && file[at + 2] == 4 && file[at + 7] == 0 && file[at + 8] == 0x2C)
        .Select(at => file[at + 4] | file[at + 5] << 8)];

    private static int[] WebpDelays(byte[] file)
    {
        var delays = new List<int>();
        for (int at = 12; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            if (file.AsSpan(at).StartsWith("ANMF"u8))
                delays.Add(file[at + 20] | file[at + 21] << 8 | file[at + 22] << 16);
            at += 8 + length + length % 2;
        }
        return [.. delays];
    }
}
