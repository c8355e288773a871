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
        Assert.InRange(fitted.Fit.RSquared, 0.8, 1);
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
            float[] clip = new float[9 * Length], last = new float[Length];
            clip.AsSpan().Fill(float.NaN);
            new MovingPicture(new Random(seed), Side, Side).Draw(0, clip);
            new MovingPicture(new Random(seed), Side, Side).Draw(8, last);
            Assert.Equal(last, clip[^Length..]);
            Assert.All(clip, value => Assert.InRange(value, -1, 1));
            moving += last.AsSpan().SequenceEqual(clip.AsSpan(0, Length)) ? 0 : 1;
        }
        Assert.InRange(moving, 12, 20);
    }
}
