using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Where a video may go, and that nothing but whole files is ever seen.</summary>
public class OutputTests
{
    private static readonly VideoFrames Video = TestVideos.Drifting(3, 16, 16);
    private static readonly VideoShape Shape = TestVideos.Shape(Video);

    public static TheoryData<string> Endings => [".png", "/", ".y4m", ".safetensors", ".mp4", ".mov", ".mkv", ".webm", ".gif", ".webp"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void The_file_appears_only_when_it_is_whole(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        using var sink = VideoSink.Open(folder["clip"] + ending, Shape);
        for (int i = 0; i < Video.Count; i++)
        {
            Write(sink, i);
            Assert.DoesNotContain(Path.TrimEndingDirectorySeparator("clip" + ending), folder.Names);
        }
        sink.Complete(TestContext.Current.CancellationToken);
        Assert.Equal([Path.TrimEndingDirectorySeparator("clip" + ending)], folder.Names);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Disposed_or_cancelled_it_leaves_nothing(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        using (var sink = VideoSink.Open(folder["clip"] + ending, Shape, TestVideos.Metadata))
            Write(sink, 0);
        Assert.Empty(folder.Names);

        using (var sink = VideoSink.Open(folder["clip"] + ending, Shape, TestVideos.Metadata))
        {
            Write(sink, 0);
            Assert.Throws<OperationCanceledException>(() => sink.Write(Video.Frame(1).Span, new CancellationToken(canceled: true)));
            Assert.Empty(folder.Names);
            Assert.Throws<ObjectDisposedException>(() => Write(sink, 1));
        }
        using (var sink = VideoSink.Open(folder["clip"] + ending, Shape, TestVideos.Metadata))
        {
            for (int i = 0; i < Video.Count; i++)
                Write(sink, i);
            Assert.Throws<OperationCanceledException>(() => sink.Complete(new CancellationToken(canceled: true)));
        }
        Assert.Empty(folder.Names);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void What_exists_is_kept_unless_told_otherwise(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        string path = folder["clip"] + ending;
        Video.SaveAs(path, TestVideos.Rate, TestVideos.Metadata);
        var error = Assert.Throws<OutputException>(() => VideoSink.Check(path, Shape));
        Assert.StartsWith($"'{path}' ", error.Message);
        Assert.True(error.IsTaken);

        var other = TestVideos.Metadata with { Seed = 7 };
        Video.SaveAs(path, TestVideos.Rate, other, overwrite: true);
        Assert.Equal(7ul, VideoMetadata.Read(path).Seed);
        Assert.DoesNotContain(folder.Names, name => name.Contains(".tmp"));
    }

    [Fact]
    public void A_folder_that_holds_other_things_is_never_replaced()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["clip"]);
        Video.SaveAs(folder["clip/"], TestVideos.Rate);                   // an empty one is filled
        File.WriteAllText(folder["clip/notes.txt"], "mine");
        var error = Assert.Throws<OutputException>(() => Video.SaveAs(folder["clip/"], TestVideos.Rate, overwrite: true));
        Assert.Contains("notes.txt", error.Message);
        Assert.Equal("mine", File.ReadAllText(folder["clip/notes.txt"]));
    }

    [Fact]
    public void Folders_and_files_are_not_taken_for_each_other()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["clip.png"]);
        File.WriteAllText(folder["file"], "");
        Assert.Contains("is a folder", Refused(folder["clip.png"]));
        Assert.Contains("is a file", Refused(folder["file/"]));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        using var folder = new TestFolder();
        Assert.Contains($"there is no folder '{folder["sub"]}'", Refused(folder["sub/clip.png"]));
    }

    [Fact]
    public void A_folder_in_which_nothing_can_be_made_is_named()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "needs a folder that refuses files even to root");
        Assert.Contains("no file of this name can be created in '/proc/self'", Refused("/proc/self/clip.png"));
        Assert.Contains("root of the disk", Refused("/"));
    }

    [Fact]
    public void The_longest_name_works_and_a_longer_one_is_refused_up_front()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems count otherwise");
        using var folder = new TestFolder();
        string longest = new string('x', 251) + ".png";
        Video.SaveAs(folder[longest], TestVideos.Rate);
        Assert.Equal([longest], folder.Names);
        Assert.Contains("the name is too long", Refused(folder["x" + longest]));
        Assert.Contains("the name is too long", Refused(folder[new string('x', 249) + ".y4m"]));     // its companion's is
    }

    [Theory]
    [InlineData("clip.avi", "'.avi' is not a known video format")]
    [InlineData("clip", "has no ending")]
    public void An_unknown_ending_lists_the_known_ones(string path, string problem)
    {
        string message = Refused(path);
        Assert.Contains(problem, message);
        Assert.All(VideoFormats.All, format => Assert.Contains(format.Extension, message));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" \t", "it is empty")]
    [InlineData("a\0b.png", "zero character")]
    public void What_is_no_path_is_refused_everywhere(string path, string problem)
    {
        Assert.Contains(problem, Refused(path));
        Assert.Contains(problem, Assert.Throws<OutputException>(() => VideoFormats.ForPath(path)).Message);
        Assert.Contains(problem, Assert.Throws<OutputException>(() => VideoSink.Open(path, Shape)).Message);
        Assert.Contains(problem, Assert.Throws<OutputException>(() => Video.SaveAs(path, TestVideos.Rate)).Message);
        Assert.Contains(problem, Assert.Throws<MetadataException>(() => VideoMetadata.Read(path)).Message);
    }

    [Fact]
    public void Null_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => VideoSink.Check(null!, Shape));
        Assert.Throws<ArgumentNullException>(() => VideoSink.Open("clip.png", null!));
        Assert.Throws<ArgumentNullException>(() => VideoSink.Open("clip.png", Shape, (VideoOptions)null!));
        Assert.Throws<ArgumentNullException>(() => VideoSink.OpenY4m(null!, Shape));
        Assert.Throws<ArgumentNullException>(() => VideoMetadata.Read(null!));
        Assert.Throws<ArgumentNullException>(() => Video.SaveAs("clip.png", null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => VideoSink.Open("clip.png", Shape, new VideoOptions { WhenTaken = (WhenTaken)9 }));
    }

    [Fact]
    public void A_name_with_control_characters_is_shown_escaped() =>
        Assert.Contains(@"'a\u001B[31m\u000Ab.avi'", Refused("a\u001b[31m\nb.avi"));

    [Fact]
    public void Endings_are_known_in_any_case() => Assert.Equal(".png", VideoFormats.ForPath("CLIP.PNG").Extension);

    [Fact]
    public void Names_with_odd_letters_are_only_names()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        string[] names = ["-y %04d.mp4", "file:x.mp4", "a b;'\"$(x).webm", "円🎬.gif", "pipe:1.webp", "it's here %d.mov", "%.mkv"];
        foreach (string name in names)
        {
            Video.SaveAs(folder[name], TestVideos.Rate, TestVideos.Metadata);
            Assert.Equal(TestVideos.Metadata.Prompt, VideoMetadata.Read(folder[name]).Prompt);
        }
        Assert.Equal(7, folder.Names.Length);
    }

    [Fact]
    public void Misuse_is_refused()
    {
        using var folder = new TestFolder();
        using var sink = VideoSink.Open(folder["clip.png"], Shape);
        Assert.Throws<ArgumentException>(() => Write(sink, new float[5]));
        Assert.Throws<InvalidOperationException>(() => sink.Complete(TestContext.Current.CancellationToken));
        for (int i = 0; i < Video.Count; i++)
            Write(sink, i);
        Assert.Throws<InvalidOperationException>(() => Write(sink, 0));
        sink.Complete(TestContext.Current.CancellationToken);
        Assert.Equal(["clip.png"], folder.Names);
    }

    [Fact]
    public void A_check_leaves_no_trace()
    {
        using var folder = new TestFolder();
        VideoSink.Check(folder["clip.png"], Shape);
        Assert.Empty(folder.Names);
    }

    private static string Refused(string path) => Assert.Throws<OutputException>(() => VideoSink.Check(path, Shape)).Message;

    private static void Write(VideoSink sink, int frame) => sink.Write(Video.Frame(frame).Span);

    private static void Write(VideoSink sink, float[] frame) => sink.Write(frame);
}
