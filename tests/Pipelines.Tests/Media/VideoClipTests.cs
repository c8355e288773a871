using System.Text;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Videos as a model takes them: rate, count and size, and what is said of it.</summary>
public sealed class VideoClipTests : IDisposable
{
    private static readonly Func<int, bool> EightNAndOne = count => count % 8 == 1;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Frames_that_are_none_are_refused()
    {
        VideoClip clip = TestClips.Shapes(count: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.FrameRgb24(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.FrameRgb24(-1));
        Assert.Throws<ArgumentException>(() => VideoClip.Of([null!]));
    }

    [Fact]
    public void Frames_of_a_run_are_prepared_as_there()
    {
        using var file = Golden.Open("tasks/prepared.safetensors");
        var input = file["v2v-5b-resized.input_video"];
        Save("clip/", new VideoFrames(Unit(input.AsReadOnlySpan<byte>()), input.Shape[0], input.Shape[1], input.Shape[2]));
        var clip = Load("clip", new ClipOptions { Size = new(32, 48), Fit = ImageFit.Stretch });
        Assert.Equal((9, new PixelSize(32, 48), null), (clip.Count, clip.Size, clip.Rate));
        var pixels = new float[9 * 32 * 48 * 3];
        clip.CopySigned(0, pixels);
        Assert.Equal(file["v2v-5b-resized.preprocessed"].ToFloats(), ChannelsFirst(pixels, 9));
        Assert.Equal($"The video '{folder["clip"]}': took all 9 frames, resized 61×29 to 48×32, the ratio not kept.", clip.Summary);
    }

    [Theory]
    [InlineData("clip.y4m")]
    [InlineData("clip.png")]
    [InlineData("clip.mkv")]
    public void Any_size_is_the_frames_as_they_are(string name)
    {
        Tools.RequireFor(Path.GetExtension(name));
        if (name != "clip.y4m")
            Tools.RequireFfmpeg();
        var video = TestVideos.Noise(5, 24, 40);
        Save(name, video);
        var clip = Load(name, ClipOptions.AnySize);
        using var reader = VideoReader.Open(folder[name]);
        Assert.Equal(reader.Frames(TestContext.Current.CancellationToken), Frames(clip));
        Assert.Equal(new FrameRate(8), clip.Rate);
        Assert.EndsWith($"{name}': took all 5 frames.", clip.Summary);
    }

    [Fact]
    public void Frames_are_chosen_by_their_time()
    {
        var video = Numbered(60, 30);
        var clip = Load("clip.y4m", new ClipOptions { Rate = new(8), Count = 9 });
        Assert.Equal([0, 4, 7, 11, 15, 19, 22, 26, 30], Numbers(clip));
        Assert.Equal(new FrameRate(8), clip.Rate);
        Assert.EndsWith(": took 9 of 60 frames, 8 of 30 a second.", clip.Summary);
        clip = Load("clip.y4m", new ClipOptions { Rate = new(30), Count = 9 });
        Assert.Equal(Enumerable.Range(0, 9), Numbers(clip));
        Assert.EndsWith(": took the first 9 of 60 frames.", clip.Summary);
        clip = Load("clip.y4m", new ClipOptions { Rate = new(60), Count = 9 });
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3, 4], Numbers(clip));
        Assert.EndsWith(": took 5 of 60 frames, some more than once, for 9, 60 of 30 a second.", clip.Summary);
        Assert.Equal(60, video.Count);
    }

    [Fact]
    public void A_folder_comes_at_the_clips_rate_unless_its_own_is_given()
    {
        Save("clip/", Grey(20));
        var clip = Load("clip", new ClipOptions { Rate = new(8), Count = 9 });
        Assert.Equal(Enumerable.Range(0, 9), Numbers(clip));
        Assert.EndsWith(
            ": took the first 9 of 20 frames, as if they came 8 a second, since it doesn't say how fast they come.", clip.Summary);
        clip = Load("clip", new ClipOptions { Rate = new(8), Count = 9, SourceRate = new(16) });
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16], Numbers(clip));
        Assert.EndsWith(": took 9 of 20 frames, 8 of 16 a second.", clip.Summary);
    }

    [Fact]
    public void A_video_that_is_too_short_makes_fewer_frames_and_it_is_said()
    {
        Numbered(60, 30);
        var clip = Load("clip.y4m", new ClipOptions { Rate = new(8), Count = 49, Allows = EightNAndOne });
        Assert.Equal([0, 4, 7, 11, 15, 19, 22, 26, 30], Numbers(clip));
        Assert.EndsWith(": took 9 of 60 frames, 8 of 30 a second. It is too short for 49 frames.", clip.Summary);
        Assert.Equal(16, Load("clip.y4m", new ClipOptions { Rate = new(8), Count = 49 }).Count);
        Assert.Equal(57, Load("clip.y4m", new ClipOptions { Allows = EightNAndOne }).Count);
    }

    [Theory]
    [InlineData(1, 1, "8", ": took its only frame.")]
    [InlineData(2, 1, "8", ": took the first of 2 frames.")]
    [InlineData(1, 3, "1000000000000", ": took its only frame, 8 of 1000000000000 a second. It is too short for 3 frames.")]
    [InlineData(1, 2, "1/1000", ": took 1 of 1 frame, more than once, for 2, 8 of 0.001 a second.")]
    public void Small_and_large_numbers_are_said_as_they_are(int frames, int count, string rate, string says)
    {
        Numbered(frames, 8);
        string file = File.ReadAllText(folder["clip.y4m"], System.Text.Encoding.Latin1);
        string stated = rate.Contains('/') ? rate.Replace('/', ':') : $"{rate}:1";
        File.WriteAllText(folder["clip.y4m"], file.Replace("F8:1", $"F{stated}"), System.Text.Encoding.Latin1);
        Assert.EndsWith(says, Load("clip.y4m", new ClipOptions { Rate = new(8), Count = count, Allows = _ => true }).Summary);
    }

    [Theory]
    [InlineData("1 2 3", null)]
    [InlineData("10 20 30", null)]
    [InlineData("1 2 5 6", "Numbers are missing between 'f2.png' and 'f5.png'.")]
    [InlineData("2 4 8 10 14", "Numbers are missing between 'f4.png' and 'f8.png', and in 1 place more.")]
    public void Numbers_that_are_missing_in_a_folder_are_said(string numbers, string? says)
    {
        Directory.CreateDirectory(folder["clip"]);
        foreach (string number in numbers.Split(' '))
            File.WriteAllBytes(folder[$"clip/f{number}.png"], MadePng.Make(1, 1, 8, MadePng.Grey, [0]));
        string expected = $"took all {numbers.Split(' ').Length} frames.{(says is null ? "" : $" {says}")}";
        Assert.EndsWith(expected, Load("clip", ClipOptions.AnySize).Summary);
    }

    [Fact]
    public void Or_is_refused_before_a_frame_is_decoded()
    {
        Numbered(60, 30);
        var options = new ClipOptions { Rate = new(8), Count = 49, Allows = EightNAndOne, NeedsCount = true };
        Assert.EndsWith(
            "clip.y4m' is too short: it has 60 frames, which make 16 at 8 a second; 49 are wanted. Give a longer video, or take 9 frames.",
            Refused("clip.y4m", options));
        Assert.EndsWith(
            "is too short: it has 60 frames; no count that small can be used. Give a longer video.",
            Refused("clip.y4m", new ClipOptions { Allows = count => count > 100 }));
        using var reader = VideoReader.Open(folder["clip.y4m"]);
        Assert.Throws<InputException>(() => VideoClip.Read(reader, options, TestContext.Current.CancellationToken));
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void No_more_is_read_than_is_needed()
    {
        Numbered(60, 30);
        using var reader = VideoReader.Open(folder["clip.y4m"]);
        VideoClip.Read(reader, new ClipOptions { Rate = new(8), Count = 5 }, TestContext.Current.CancellationToken);
        Assert.Equal(16, reader.Position);
        Assert.Throws<ArgumentException>(() => VideoClip.Read(reader, ClipOptions.AnySize, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(ImageFit.Crop)]
    [InlineData(ImageFit.Pad)]
    [InlineData(ImageFit.Stretch)]
    public void Each_frame_is_fitted_as_a_picture_is(ImageFit fit)
    {
        var video = TestVideos.Noise(3, 37, 53);
        Save("clip/", video);
        var clip = Load("clip", new ClipOptions { Size = new(48, 64), Fit = fit });
        for (int i = 0; i < 3; i++)
        {
            var picture = new StillImage(video.FrameRgb24(i), 37, 53);
            Assert.Equal(picture.FittedTo(new(48, 64), fit).Rgb24, clip.FrameRgb24(i).ToArray());
            Assert.EndsWith($"took all 3 frames, {picture.PlacementIn(new(48, 64), fit)}.", clip.Summary);
        }
    }

    [Theory]
    [InlineData(".mp4")]
    [InlineData(".mkv")]
    [InlineData(".webm")]
    [InlineData(".gif")]
    public void The_kind_of_file_changes_no_choice(string ending)
    {
        Tools.RequireFfmpeg();
        var rate = ending == ".gif" ? new FrameRate(25) : new FrameRate(30000, 1001);
        Save("clip" + ending, Grey(60), rate);
        Save("clip.y4m", Grey(60), rate);
        var options = new ClipOptions { Rate = new(8), Count = 15 };
        var (actual, expected) = (Load("clip" + ending, options), Load("clip.y4m", options));
        Assert.Equal(Numbers(expected), Numbers(actual));
        Assert.Equal(expected.Summary.Split("': ")[1], actual.Summary.Split("': ")[1]);
    }

    [Fact]
    public void Uneven_times_count()
    {
        Tools.RequireFfmpeg();
        Save("even.mkv", Grey(7), new FrameRate(25));
        Tools.Run(
            "ffmpeg", "-v", "error", "-i", folder["even.mkv"], "-vf", "settb=1/1000,setpts=40*N*N", "-vsync", "passthrough",
            "-c:v", "ffv1", folder["uneven.mkv"]);
        var clip = Load("uneven.mkv", new ClipOptions { Rate = new(5) });
        Assert.Equal([0, 2, 3, 4, 4, 5, 5, 6], Numbers(clip));
        Assert.EndsWith(": took 6 of 7 frames, some more than once, for 8, 5 a second by the times of each.", clip.Summary);
    }

    [Fact]
    public void What_an_edit_list_leaves_out_is_left_out()
    {
        Tools.RequireFfmpeg();
        Save("whole.mp4", Grey(48), new FrameRate(24));
        Tools.Run("ffmpeg", "-v", "error", "-ss", "0.5", "-i", folder["whole.mp4"], "-c", "copy", folder["cut.mp4"]);
        var all = Load("cut.mp4", ClipOptions.AnySize);
        var clip = Load("cut.mp4", new ClipOptions { Rate = new(8) });
        Assert.InRange(all.Count, 30, 47);
        Assert.Equal(Numbers(all).Where((_, i) => i % 3 == 0), Numbers(clip));
    }

    [Fact]
    public void More_than_may_be_held_is_refused()
    {
        Numbered(60, 30);
        var limits = new InputLimits { MostClipBytes = 10 * 3 * 16 * 16 };
        Assert.Contains(
            "has more frames of 16×16 pixels than are held at once (7680 bytes, 10 frames)",
            Refused("clip.y4m", ClipOptions.AnySize, limits));
        Assert.Contains("than are held", Refused("clip.y4m", new ClipOptions { Rate = new(8), Count = 9, Size = new(32, 32) }, limits));
        Assert.Equal(10, Load("clip.y4m", new ClipOptions { Rate = new(8), Count = 10 }, limits).Count);
        // Frames that repeat are held once.
        Assert.Equal(18, Load("clip.y4m", new ClipOptions { Rate = new(60), Count = 18 }, limits).Count);
    }

    [Theory]
    [InlineData("YUV4MPEG2 W99999999 H4 C444\n", "99999999×4 pixels")]
    [InlineData("YUV4MPEG2 W4 H4 F8:1 C444\n", "has no frames: the Y4M file ends behind its first line")]
    [InlineData("YUV4MPEG2 W4 H4 F8:1 C444\nFRAME\nabc", "cut off within frame 1")]
    [InlineData("YUV4MPEG2 W2 H1 F8:1 C444\nFRAME\nabcdefFRAME\nabc", "cut off within frame 2")]
    [InlineData("YUV4MPEG2 W300 H1 F8:1 Cmono\nFRAME\n", "300×1, too long and thin to become 64×48")]
    public void What_is_damaged_or_makes_no_sense_is_refused(string text, string problem)
    {
        File.WriteAllText(folder["clip.y4m"], text + (text.Contains("W300") ? new string('a', 300) : ""), Encoding.ASCII);
        Assert.Contains(problem, Refused("clip.y4m", new ClipOptions { Size = new(48, 64), Fit = ImageFit.Pad, Count = 5 }));
    }

    [Fact]
    public void Mistakes_of_the_caller_are_said()
    {
        Numbered(3, 8);
        Assert.Throws<ArgumentException>(() => Load("clip.y4m", new ClipOptions { Count = 0 }));
        Assert.Throws<ArgumentException>(() => Load("clip.y4m", new ClipOptions { Count = 12, Allows = EightNAndOne }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Load("clip.y4m", new ClipOptions { Size = new(0, 8) }));
        var clip = Load("clip.y4m", ClipOptions.AnySize);
        Assert.Throws<ArgumentException>(() => clip.CopySigned(0, new float[7]));
        Assert.Throws<ArgumentException>(() => clip.CopySigned(2, new float[2 * 768]));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.CopySigned(-1, new float[768]));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => VideoClip.Load(folder["clip.y4m"], ClipOptions.AnySize, null, cancelled.Token));
    }

    [Fact]
    public void A_part_of_the_frames_can_be_asked_for()
    {
        Save("clip/", Grey(5));
        var clip = Load("clip", ClipOptions.AnySize);
        var pixels = new float[2 * 768];
        clip.CopySigned(3, pixels);
        Assert.All(pixels[..768], value => Assert.Equal(2f * (12f / 255) - 1, value));
        Assert.All(pixels[768..], value => Assert.Equal(2f * (16f / 255) - 1, value));
    }

    private VideoFrames Numbered(int count, int rate)
    {
        var video = Grey(count);
        Save("clip.y4m", video, new FrameRate(rate));
        return video;
    }

    // Frame i has the grey 4·i, so that coding can't hide which it is.
    private static VideoFrames Grey(int count) =>
        new(Enumerable.Range(0, count * 768).Select(i => i / 768 * 4 / 255f).ToArray(), count, 16, 16);

    private static IEnumerable<int> Numbers(VideoClip clip) => Frames(clip).Select(frame => (frame[300] + 2) / 4);

    private static IEnumerable<byte[]> Frames(VideoClip clip) => Enumerable.Range(0, clip.Count).Select(i => clip.FrameRgb24(i).ToArray());

    private void Save(string name, VideoFrames video, FrameRate? rate = null) => video.SaveAs(folder[name], rate ?? TestVideos.Rate);

    private VideoClip Load(string name, ClipOptions options, InputLimits? limits = null) =>
        VideoClip.Load(folder[name], options, limits, TestContext.Current.CancellationToken);

    private string Refused(string name, ClipOptions options, InputLimits? limits = null) =>
        Assert.Throws<InputException>(() => Load(name, options, limits)).Message;

    private static float[] Unit(ReadOnlySpan<byte> bytes)
    {
        var unit = new float[bytes.Length];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = bytes[i] / 255f;
        return unit;
    }

    // [F,H,W,3] as [3,F,H,W].
    private static float[] ChannelsFirst(float[] pixels, int count)
    {
        var planes = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
            planes[i % 3 * (pixels.Length / 3) + i / 3] = pixels[i];
        Assert.Equal(0, pixels.Length % count);
        return planes;
    }
}
