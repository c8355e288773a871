using System.Text;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class Y4mTests
{
    [Fact]
    public void Header_and_planes_are_as_the_format_says()
    {
        using var folder = new TestFolder();
        TestVideos.Flat((1, 1, 1), (0, 0, 0), (1, 0, 0), (0, 0, 1)).SaveAs(folder["clip.y4m"], new FrameRate(24000, 1001));
        byte[] file = File.ReadAllBytes(folder["clip.y4m"]);

        const string Header = "YUV4MPEG2 W48 H32 F24000:1001 Ip A1:1 C444 XCOLORRANGE=LIMITED\n";
        Assert.Equal(Header, Encoding.ASCII.GetString(file, 0, Header.Length));
        const int Plane = 48 * 32, Frame = 6 + 3 * Plane;
        Assert.Equal(Header.Length + 4 * Frame, file.Length);
        (byte, byte, byte)[] expected = [(235, 128, 128), (16, 128, 128), (81, 90, 240), (41, 240, 110)];   // BT.601, by hand
        for (int i = 0; i < 4; i++)
        {
            int at = Header.Length + i * Frame;
            Assert.Equal("FRAME\n", Encoding.ASCII.GetString(file, at, 6));
            Assert.Equal(expected[i], (file[at + 6], file[at + 6 + Plane], file[at + 6 + 2 * Plane]));
        }
    }

    [Fact]
    public void The_header_fits_readers_that_take_80_characters()
    {
        using var folder = new TestFolder();
        var video = new VideoFrames(new float[3 * 9999], 1, 1, 9999);
        video.SaveAs(folder["clip.y4m"], new FrameRate(30000, 1001), TestVideos.Metadata);
        Assert.InRange(File.ReadLines(folder["clip.y4m"], Encoding.Latin1).First().Length, 1, 79);
    }

    [Fact]
    public void Ffmpeg_reads_the_colours_back()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        foreach (var video in new[] { TestVideos.Noise(3, 31, 33), TestVideos.Drifting() })
        {
            video.SaveAs(folder["clip.y4m"], TestVideos.Rate, TestVideos.Metadata, overwrite: true);
            var (largest, _) = Tools.Difference(TestVideos.Bytes(video), Tools.Decode(folder["clip.y4m"]));
            Assert.InRange(largest, 0, 2);
            var stream = Tools.Probe(folder["clip.y4m"]);
            Assert.Equal("8/1", (string?)stream["r_frame_rate"]);
            Assert.Equal(video.Count.ToString(), (string?)stream["nb_read_frames"]);
        }
    }

    [Fact]
    public void Settings_stand_beside_the_file_and_share_its_fate()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Drifting();
        video.SaveAs(folder["clip.y4m"], TestVideos.Rate, TestVideos.Metadata);
        Assert.Equal(["clip.y4m", "clip.y4m.json"], folder.Names);
        video.SaveAs(folder["clip.y4m"], TestVideos.Rate, metadata: null, overwrite: true);
        Assert.Equal(["clip.y4m"], folder.Names);

        video.SaveAs(folder["clip.y4m"], TestVideos.Rate, TestVideos.Metadata, overwrite: true);
        File.Delete(folder["clip.y4m"]);
        var error = Assert.Throws<OutputException>(() => video.SaveAs(folder["clip.y4m"], TestVideos.Rate, TestVideos.Metadata));
        Assert.Contains("clip.y4m.json", error.Message);
    }
}
