using CogVideoX.Pipelines.Previews;

namespace CogVideoX.Pipelines.Tests.Previews;

/// <summary>Fitting the map of a checkpoint.</summary>
public sealed class PreviewFitterTests
{
    [Fact]
    public void TheBundledMapIsWhatFittingGives()
    {
        var clips = new List<(int Done, int Total)>();
        LatentPreview fitted = PreviewFitter.Fit(
            TestModels.Shapes, progress: (done, total) => clips.Add((done, total)), cancellation: TestContext.Current.CancellationToken);
        var bundled = LatentPreview.Load(Path.Combine(TestModels.Shapes, LatentPreview.FileName), fitted.Channels);
        Assert.All(
            fitted.Factors.Append(fitted.Bias).Zip(bundled.Factors.Append(bundled.Bias)),
            rows => Assert.All(rows.First.Zip(rows.Second), pair => Assert.Equal(pair.Second, pair.First, 1e-4)));
        Assert.Equal(bundled.Fit.RSquared, fitted.Fit.RSquared, 1e-4);
        Assert.Equal(bundled.Fit.Latents, fitted.Fit.Latents);
        Assert.InRange(fitted.Fit.RSquared, 0.9, 1);
        Assert.Equal(Enumerable.Range(1, clips.Count).Select(done => (done, clips.Count)), clips);
    }

    [Fact]
    public void ItCanBeStopped()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(
            () => PreviewFitter.Fit(TestModels.Shapes, progress: (_, _) => source.Cancel(), cancellation: source.Token));
    }

    [Fact]
    public void AMovingPictureIsTheSameEachTimeAndMoves()
    {
        const int Side = 16, Length = Side * Side * 3;
        int moving = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            (float[] first, float[] again, float[] later) = (new float[Length], new float[Length], new float[Length]);
            new MovingPicture(new Random(seed), Side, Side).Draw(0, first);
            var picture = new MovingPicture(new Random(seed), Side, Side);
            picture.Draw(0, again);
            picture.Draw(8, later);
            Assert.Equal(first, again);
            Assert.All(first.Concat(later), value => Assert.InRange(value, -1, 1));
            moving += first.AsSpan().SequenceEqual(later) ? 0 : 1;
        }
        Assert.InRange(moving, 12, 20);
    }
}
