using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Texts that can't be paths, given to whatever opens one.</summary>
public class InputPathTests
{
    public static TheoryData<string, string> Texts => new()
    {
        { "", "it is empty" },
        { " ", "it is empty" },
        { "a\0b", "it holds a zero character" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_that_is_no_path_is_refused_by_the_parameters_name(string path, string says)
    {
        (string Parameter, Action Opens)[] all =
        [
            ("path", () => VideoReader.Open(path)),
            ("path", () => VideoProbe.Of(path)),
            ("path", () => StillImage.Load(path)),
            ("modelFolder", () => CogVideoXPipeline.Open(path)),
            ("modelFolder", () => VideoDecoder.Open(path)),
        ];
        Assert.All(all, one =>
        {
            var refusal = Assert.Throws<ArgumentException>(one.Opens);
            Assert.Equal(one.Parameter, refusal.ParamName);
            Assert.StartsWith(says, refusal.Message);
        });
    }

    [Fact]
    public void So_is_none()
    {
        Assert.Throws<ArgumentNullException>("path", () => VideoReader.Open(null!));
        Assert.Throws<ArgumentNullException>("path", () => StillImage.Load((string)null!));
        Assert.Throws<ArgumentNullException>("modelFolder", () => CogVideoXPipeline.Open(null!));
    }

    // What writes, or reads what we wrote, has an exception of its own that says the same.
    [Theory]
    [MemberData(nameof(Texts))]
    public void What_has_an_exception_of_its_own_says_the_same(string path, string says)
    {
        var video = TestVideos.Drifting(1, 16, 16);
        Assert.All(
            [
                Assert.Throws<OutputException>(() => video.SaveAs(path, TestVideos.Rate)).Message,
                Assert.Throws<OutputException>(() => VideoSink.Check(path, TestVideos.Shape(video))).Message,
                Assert.Throws<MetadataException>(() => VideoMetadata.Read(path)).Message,
                Assert.Throws<OutputException>(() => new VideoLatents([1], [1, 1, 1, 1, 1]).Save(path)).Message,
                Assert.Throws<RequestException>(() => VideoLatents.Load(path)).Message,
            ],
            message => Assert.Contains(says, message));
    }
}
