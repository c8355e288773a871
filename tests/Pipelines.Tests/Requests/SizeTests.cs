using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Sizes and frame counts: what the model can't do is refused, and the nearest that it can is offered.</summary>
public sealed class SizeTests : IDisposable
{
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 1);

    public void Dispose() => pipeline.Dispose();

    [Theory]
    [InlineData(70, "64 and 80 are")]
    [InlineData(17, "16 and 32 are")]
    [InlineData(15, "16 is")]
    [InlineData(1, "16 is")]
    [InlineData(8191, "8176 and 8192 are")]
    public void SizeBetweenMultiplesIsOfferedBothNeighbours(int pixels, string offer)
    {
        Assert.Contains(offer, Refusal.Of(pipeline, TestModels.Quick with { Width = pixels }, nameof(GenerationRequest.Width)).Message);
        Assert.Contains(offer, Refusal.Of(pipeline, TestModels.Quick with { Height = pixels }, nameof(GenerationRequest.Height)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-16)]
    [InlineData(int.MinValue)]
    [InlineData(8193)]
    [InlineData(int.MaxValue)]
    public void SizeOutOfRangeIsToldTheRange(int pixels)
    {
        Assert.Contains(
            "from 16 to 8192", Refusal.Of(pipeline, TestModels.Quick with { Width = pixels }, nameof(GenerationRequest.Width)).Message);
        Assert.Contains(
            "from 16 to 8192", Refusal.Of(pipeline, TestModels.Quick with { Height = pixels }, nameof(GenerationRequest.Height)).Message);
    }

    [Theory]
    [InlineData(2, "1 and 9")]
    [InlineData(8, "1 and 9")]
    [InlineData(10, "9 and 17")]
    [InlineData(50, "49 and 57")]
    [InlineData(1000, "993 and 1001")]
    public void FramesBetweenGroupsAreOfferedBothNeighbours(int frames, string offer) =>
        Assert.Contains(offer, Refusal.Of(pipeline, TestModels.Quick with { Frames = frames }, nameof(GenerationRequest.Frames)).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(1009)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void FramesOutOfRangeAreToldTheRange(int frames) =>
        Assert.Contains(
            "at most 1001", Refusal.Of(pipeline, TestModels.Quick with { Frames = frames }, nameof(GenerationRequest.Frames)).Message);

    [Fact]
    public void EveryOfferedSizeIsTaken()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>().Filter(pixels => pixels is > 0 and < 2000 && pixels % 16 != 0), pixels =>
        {
            string message = Refusal.Of(pipeline, TestModels.Quick with { Width = pixels }, nameof(GenerationRequest.Width)).Message;
            string offer = message[(message.IndexOf(';') + 1)..];
            int[] offered = [.. offer.Split(' ').Where(word => int.TryParse(word, out _)).Select(int.Parse)];
            Assert.NotEmpty(offered);
            Assert.All(offered, size => Assert.Equal(size, Planned(size)));
            Assert.All(offered, size => Assert.InRange(Math.Abs(size - pixels), 1, 15));
        }).QuickCheckThrowOnFailure();

        int? Planned(int width) =>
            pipeline.Plan(TestModels.Quick with { Width = width, Height = 16, Frames = 1 }, long.MaxValue).Settings.Width;
    }

    [Fact]
    public void SmallestVideoIsMade()
    {
        GenerationResult result = pipeline.Generate(
            TestModels.Quick with { Width = 16, Height = 16, Frames = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((1, 16, 16), (result.Video.Count, result.Video.Height, result.Video.Width));
    }

    [Fact]
    public void VideoThatNoArrayHoldsIsRefused()
    {
        var request = TestModels.Quick with { Width = 8192, Height = 8192, Frames = 49, VaeTiling = TilingMode.On };
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(request, long.MaxValue));
        Assert.Equal(nameof(GenerationRequest.Width), refusal.Property);
        Assert.Contains("fewer frames", refusal.Message);
    }
}
