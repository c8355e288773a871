using CogVideoX.Pipelines.Media;

using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>How a finished video gets its name, with others about that want it too.</summary>
public class PublishTests
{
    private static readonly VideoFrames Video = TestVideos.Drifting(2, 16, 16);
    private static readonly VideoShape Shape = TestVideos.Shape(Video);
    private static readonly VideoOptions NextFree = new() { WhenTaken = WhenTaken.NextFreeName, Metadata = TestVideos.Metadata };

    public static TheoryData<string> Specials => new(SpecialFile.Kinds);

    // To .NET they are files; a rename would put one in their place.
    [Theory]
    [MemberData(nameof(Specials))]
    public void What_is_no_file_is_never_replaced(string kind)
    {
        using var folder = new TestFolder();
        string special = SpecialFile.Make(folder["clip.png"], kind);
        File.CreateSymbolicLink(folder["link.png"], special);
        foreach (WhenTaken taken in new[] { WhenTaken.Refuse, WhenTaken.Overwrite })
        {
            foreach (string path in new[] { special, folder["link.png"] })
            {
                var options = new VideoOptions { WhenTaken = taken };
                var refusal = Assert.Throws<OutputException>(() => VideoSink.Check(path, Shape, options));
                Assert.Contains($"is {kind}", refusal.Message);
                Assert.False(refusal.IsTaken);
            }
        }
        Assert.Equal(kind, SpecialFile.KindOf(special));
        string saved = Video.Save(special, TestVideos.Rate, NextFree, TestContext.Current.CancellationToken);
        Assert.Equal(folder["clip-2.png"], saved);
        Assert.Equal(["clip-2.png", "clip.png", "link.png"], folder.Names);
        Assert.Equal(kind, SpecialFile.KindOf(special));
    }

    [Fact]
    public void What_has_come_since_the_start_and_is_no_file_stays_too()
    {
        using var folder = new TestFolder();
        using VideoSink sink = VideoSink.Open(folder["clip.png"], Shape, overwrite: true);
        foreach (int frame in Enumerable.Range(0, Video.Count))
            sink.Write(Video.Frame(frame).Span, TestContext.Current.CancellationToken);
        SpecialFile.Make(folder["clip.png"], "a pipe");
        var refusal = Assert.Throws<OutputException>(() => sink.Complete(TestContext.Current.CancellationToken));
        Assert.Contains("is a pipe", refusal.Message);
        Assert.Equal("a pipe", SpecialFile.KindOf(folder["clip.png"]));
    }

    [Fact]
    public void A_folder_with_something_else_under_a_frames_name_stays()
    {
        using var folder = new TestFolder();
        var options = new VideoOptions { WhenTaken = WhenTaken.Overwrite };
        Video.Save(folder["pipe/"], TestVideos.Rate, options, TestContext.Current.CancellationToken);
        Video.Save(folder["nested/"], TestVideos.Rate, options, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder["nested/0003.png"]);
        SpecialFile.Make(folder["pipe/0003.png"], "a pipe");
        foreach (string path in new[] { folder["pipe/"], folder["nested/"] })
        {
            string message = Assert.Throws<OutputException>(() => VideoSink.Check(path, Shape, options)).Message;
            Assert.Contains("holds other things ('0003.png'), which stay", message);
        }
    }

    [Fact]
    public void Settings_beside_a_video_take_no_pipes_place()
    {
        using var folder = new TestFolder();
        SpecialFile.Make(folder["clip.y4m" + Y4mFormat.SettingsEnding], "a pipe");
        var options = new VideoOptions { WhenTaken = WhenTaken.Overwrite, Metadata = TestVideos.Metadata };
        Assert.Contains("is a pipe", Assert.Throws<OutputException>(() => VideoSink.Check(folder["clip.y4m"], Shape, options)).Message);
    }

    [Theory]
    [InlineData(".png", "clip.png", "clip-2.png", "clip-3.png")]
    [InlineData("/", "clip", "clip-2", "clip-3")]
    [InlineData(".y4m", "clip.y4m", "clip-2.y4m", "clip-3.y4m")]
    public void The_next_free_name_is_taken(string ending, params string[] names)
    {
        using var folder = new TestFolder();
        foreach (string name in names)
        {
            string saved = Video.Save(folder["clip"] + ending, TestVideos.Rate, NextFree, TestContext.Current.CancellationToken);
            Assert.Equal(folder[name], saved);
        }
        Assert.All(names, name => Assert.Equal(TestVideos.Metadata.Seed, VideoMetadata.Read(folder[name]).Seed));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData("/")]
    [InlineData(".y4m")]
    public void Of_many_that_want_one_name_each_gets_its_own(string ending)
    {
        const int Count = 24;
        using var folder = new TestFolder();
        var got = new string[Count];
        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = Count }, i =>
        {
            var options = NextFree with { Metadata = TestVideos.Metadata with { Seed = (ulong)i } };
            got[i] = Video.Save(folder["clip"] + ending, TestVideos.Rate, options);
        });
        Assert.Equal(Count, got.Distinct().Count());
        for (int i = 0; i < Count; i++)
            Assert.Equal((ulong)i, VideoMetadata.Read(got[i]).Seed);
    }

    [Theory]
    [InlineData(".png", "clip.png")]
    [InlineData(".y4m", "clip.y4m")]
    [InlineData(".y4m", "clip.y4m.json")]
    public void A_file_that_appears_meanwhile_is_kept(string ending, string appears)
    {
        using var folder = new TestFolder();
        using (var sink = Filled(folder["clip" + ending], new VideoOptions { Metadata = TestVideos.Metadata }))
        {
            File.WriteAllText(folder[appears], "theirs");
            var error = Assert.Throws<OutputException>(() => sink.Complete(TestContext.Current.CancellationToken));
            Assert.True(error.IsTaken);
        }
        Assert.Equal("theirs", File.ReadAllText(folder[appears]));
        Assert.Equal([appears], folder.Names);
    }

    [Fact]
    public void A_folder_that_appears_meanwhile_is_kept()
    {
        using var folder = new TestFolder();
        using var sink = Filled(folder["clip/"], new VideoOptions());
        Directory.CreateDirectory(folder["clip"]);
        File.WriteAllText(folder["clip/0001.png"], "theirs");
        Assert.True(Assert.Throws<OutputException>(() => sink.Complete(TestContext.Current.CancellationToken)).IsTaken);
        Assert.Equal("theirs", File.ReadAllText(folder["clip/0001.png"]));
        Assert.Equal(["clip"], folder.Names);
    }

    [Fact]
    public void Other_things_that_appear_in_a_folder_meanwhile_are_kept_even_when_overwriting()
    {
        using var folder = new TestFolder();
        Video.SaveAs(folder["clip/"], TestVideos.Rate);
        using var sink = Filled(folder["clip/"], new VideoOptions { WhenTaken = WhenTaken.Overwrite });
        File.WriteAllText(folder["clip/notes.txt"], "mine");
        Assert.Contains("notes.txt", Assert.Throws<OutputException>(() => sink.Complete(TestContext.Current.CancellationToken)).Message);
        Assert.Equal("mine", File.ReadAllText(folder["clip/notes.txt"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_is_followed_and_stays(bool dangles)
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["disk"]);
        if (!dangles)
            File.WriteAllText(folder["disk/real.png"], "old");
        File.CreateSymbolicLink(folder["clip.png"], "disk/real.png");
        var options = new VideoOptions { WhenTaken = dangles ? WhenTaken.Refuse : WhenTaken.Overwrite, Metadata = TestVideos.Metadata };
        Assert.Equal(folder["clip.png"], Video.Save(folder["clip.png"], TestVideos.Rate, options, TestContext.Current.CancellationToken));
        Assert.Equal("disk/real.png", new FileInfo(folder["clip.png"]).LinkTarget);
        Assert.Null(new FileInfo(folder["disk/real.png"]).LinkTarget);
        Assert.Equal(TestVideos.Metadata.Seed, VideoMetadata.Read(folder["disk/real.png"]).Seed);
        Assert.Equal(["clip.png", "disk"], folder.Names);
    }

    [Fact]
    public void A_link_to_a_folder_is_followed_and_stays()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["disk/real"]);
        Directory.CreateSymbolicLink(folder["clip"], folder["disk/real"]);
        Video.SaveAs(folder["clip/"], TestVideos.Rate);
        Assert.Equal(folder["disk/real"], new FileInfo(folder["clip"]).LinkTarget);
        Assert.True(File.Exists(folder["disk/real/0001.png"]));
    }

    [Fact]
    public void A_link_counts_as_a_name_that_is_taken_where_a_free_one_is_wanted()
    {
        using var folder = new TestFolder();
        File.CreateSymbolicLink(folder["clip.png"], folder["nowhere.png"]);
        string got = Video.Save(folder["clip.png"], TestVideos.Rate, NextFree, TestContext.Current.CancellationToken);
        Assert.Equal(folder["clip-2.png"], got);
        Assert.Equal(["clip-2.png", "clip.png"], folder.Names);
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        using var folder = new TestFolder();
        File.CreateSymbolicLink(folder["a.png"], folder["b.png"]);
        File.CreateSymbolicLink(folder["b.png"], folder["a.png"]);
        var error = Assert.Throws<OutputException>(() => VideoSink.Check(folder["a.png"], Shape));
        Assert.Contains("lead in a circle", error.Message);
    }

    [Fact]
    public void A_file_that_the_video_is_made_from_is_never_replaced()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["sub"]);
        Video.SaveAs(folder["clip.y4m"], TestVideos.Rate, TestVideos.Metadata);
        File.CreateSymbolicLink(folder["sub/link.y4m"], folder["clip.y4m"]);
        foreach (string input in new[] { "clip.y4m", "sub/../clip.y4m", "sub/link.y4m", "clip.y4m.json" })
        {
            var options = new VideoOptions { WhenTaken = WhenTaken.Overwrite, Inputs = [folder["other"], folder[input]] };
            var error = Assert.Throws<OutputException>(() => VideoSink.Check(folder["clip.y4m"], Shape, options));
            Assert.Contains("is made from", error.Message);
            Assert.False(error.IsTaken);
        }
    }

    // Of a folder of pictures, too: through links and '..', and where the output stands in it or holds what is read.
    [Theory]
    [InlineData("frames/", "frames")]
    [InlineData("frames/", "sub/../link")]
    [InlineData("link/", "frames")]
    [InlineData("frames/", "frames/0001.png")]
    [InlineData("frames/0002.png", "frames")]
    [InlineData("link/0002.png", "frames")]
    public void Nor_is_a_folder_or_what_is_in_one(string output, string input)
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["sub"]);
        Video.SaveAs(folder["frames/"], TestVideos.Rate);
        Directory.CreateSymbolicLink(folder["link"], folder["frames"]);
        var options = new VideoOptions { WhenTaken = WhenTaken.Overwrite, Inputs = [folder[input]] };
        var error = Assert.Throws<OutputException>(() => VideoSink.Check(folder[output], Shape, options));
        Assert.Contains("it would replace what the video is made from", error.Message);
        Assert.False(error.IsTaken);
        VideoSink.Check(folder["frames/out/"], Shape, options);
    }

    [Fact]
    public void A_name_that_nobody_chose_makes_way_for_what_the_video_is_made_from()
    {
        using var folder = new TestFolder();
        Video.SaveAs(folder["clip.png"], TestVideos.Rate);
        var options = NextFree with { Inputs = [folder["clip.png"], folder[""]] };
        Assert.Equal(folder["clip-2.png"], Video.Save(folder["clip.png"], TestVideos.Rate, options, TestContext.Current.CancellationToken));
    }

    private static VideoSink Filled(string path, VideoOptions options)
    {
        var sink = VideoSink.Open(path, Shape, options);
        for (int i = 0; i < Video.Count; i++)
            sink.Write(Video.Frame(i).Span, TestContext.Current.CancellationToken);
        return sink;
    }
}
