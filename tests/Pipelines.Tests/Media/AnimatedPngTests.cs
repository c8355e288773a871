using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Animated PNGs in: frames that stand on those before them, their times, and files that mean harm.</summary>
public sealed class AnimatedPngTests : IDisposable
{
    // Pixels of RGBA.
    private static readonly byte[] Red = [255, 0, 0, 255], Green = [0, 255, 0, 255], Blue = [0, 0, 255, 255], None = [9, 9, 9, 0];
    private static readonly byte[] HalfBlue = [0, 0, 255, 128];

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FramesStayAreClearedOrGiveBackWhatWasThere()
    {
        Write(
            MadePng.Control(0, 0, 0, 3, 1), MadePng.First([.. Red, .. Red, .. Red], 1),
            MadePng.Control(1, 0, 0, 1, 1, dispose: 2), MadePng.Later(2, Green, 1),
            MadePng.Control(3, 1, 0, 1, 1, dispose: 1), MadePng.Later(4, Blue, 1),
            MadePng.Control(5, 2, 0, 1, 1), MadePng.Later(6, Green, 1));
        Assert.Equal(["RRR", "GRR", "RBR", "R.G"], Shown());
    }

    [Fact]
    public void FramesAreDrawnOverWhatIsThereByTheirAlphaOrInItsPlace()
    {
        byte[] pixels = [.. None, .. HalfBlue, .. Blue];
        Write(
            MadePng.Control(0, 0, 0, 3, 1), MadePng.First([.. Red, .. Red, .. Red], 1),
            MadePng.Control(1, 0, 0, 3, 1, blend: 1), MadePng.Later(2, pixels, 1),
            MadePng.Control(3, 0, 0, 3, 1, blend: 0), MadePng.Later(4, pixels, 1));
        using var reader = VideoReader.Open(folder["clip.png"]);
        byte[][] frames = [.. reader.Frames(TestContext.Current.CancellationToken)];
        Assert.Equal([255, 0, 0, 127, 0, 128, 0, 0, 255], frames[1]); // 128 / 255 of blue over red
        Assert.Equal([9, 9, 9, 0, 0, 255, 0, 0, 255], frames[2]);
    }

    [Fact]
    public void AFirstFrameThatGivesBackWhatWasThereLeavesNothing()
    {
        Write(
            MadePng.Control(0, 0, 0, 3, 1, dispose: 2), MadePng.First([.. Red, .. Red, .. Red], 1),
            MadePng.Control(1, 1, 0, 1, 1), MadePng.Later(2, Green, 1));
        Assert.Equal(["RRR", ".G."], Shown());
    }

    // Of viewers that know nothing of animation.
    [Fact]
    public void APictureBeforeTheFirstFrameIsNone()
    {
        Write(
            MadePng.First([.. Red, .. Red, .. Red], 1), MadePng.Control(0, 0, 0, 3, 1), MadePng.Later(1, [.. Green, .. Blue, .. Blue], 1),
            MadePng.Control(2, 2, 0, 1, 1), MadePng.Later(3, Red, 1));
        Assert.Equal(["GBB", "GBR"], Shown());
    }

    [Fact]
    public void FramesThatAreLeftOutArePartOfThoseThatStandOnThem()
    {
        Write(
            MadePng.Control(0, 0, 0, 3, 1, (1, 16)), MadePng.First([.. Red, .. Red, .. Red], 1),
            MadePng.Control(1, 0, 0, 1, 1, (1, 16)), MadePng.Later(2, Green, 1),
            MadePng.Control(3, 1, 0, 1, 1, (1, 16)), MadePng.Later(4, Blue, 1),
            MadePng.Control(5, 0, 0, 3, 1, (1, 16)), MadePng.Later(6, [.. Blue, .. Blue, .. Blue], 1),
            MadePng.Control(7, 2, 0, 1, 1, (1, 16)), MadePng.Later(8, Red, 1));
        var clip = VideoClip.Load(
            folder["clip.png"], new ClipOptions { Rate = new(8) }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["RRR", "GBR", "BBR"], Enumerable.Range(0, clip.Count).Select(i => Letters(clip.FrameRgb24(i).ToArray())));
    }

    [Fact]
    public void APaletteIsThatOfAllFrames()
    {
        File.WriteAllBytes(folder["clip.png"], MadePng.Animation(
            3, 1, MadePng.Palette, 2, ("PLTE", [255, 0, 0, 0, 255, 0]),
            MadePng.Control(0, 0, 0, 3, 1), MadePng.First([0, 0, 0], 1), MadePng.Control(1, 1, 0, 1, 1), MadePng.Later(2, [1], 1)));
        Assert.Equal(["RRR", "RGR"], Shown());
        Assert.Equal("pal8", VideoProbe.Of(folder["clip.png"]).PixelFormat);
    }

    [Fact]
    public void UnevenTimesAreThoseOfTheFile()
    {
        byte[] row = [.. Red, .. Red, .. Red];
        Write(
            MadePng.Control(0, 0, 0, 3, 1, (1, 10)), MadePng.First(row, 1),
            MadePng.Control(1, 0, 0, 3, 1, (30, 0)), MadePng.Later(2, row, 1), // hundredths
            MadePng.Control(3, 0, 0, 3, 1, (1, 10)), MadePng.Later(4, row, 1));
        using var reader = VideoReader.Open(folder["clip.png"]);
        Assert.Equal([0, 0.1, 0.4], reader.Times(null)!.Select(time => Math.Round(time, 9)));
        Assert.Equal((new Ratio(6, 1), 0.5), (reader.Probe.Rate, reader.Probe.Duration!.Value.TotalSeconds));
        Write(MadePng.Control(0, 0, 0, 3, 1), MadePng.First(row, 1)); // as fast as it can be shown
        Assert.Null(VideoProbe.Of(folder["clip.png"]).Rate);
    }

    [Fact]
    public void WhatContradictsItselfIsRefused()
    {
        byte[] row = [.. Red, .. Red, .. Red];
        (string, byte[]) first = MadePng.First(row, 1), whole = MadePng.Control(0, 0, 0, 3, 1);
        Refused("is said to have 2 frames, and 1 are there", 2, whole, first);
        Refused("is said to have 1 frames, and 2 are there", 1, whole, first, MadePng.Control(1, 0, 0, 3, 1), MadePng.Later(2, row, 1));
        Refused("is said to have 1 frames, and 0 are there", 1, first);
        Refused("is said to have 1 frames, and 0 are there", 1, whole);
        Refused("frame 1 has no pixels", 2, whole, MadePng.Control(1, 0, 0, 3, 1), MadePng.Later(2, row, 1));
        Refused("its chunk fcTL is out of order", 1, MadePng.Control(1, 0, 0, 3, 1), first);
        Refused("its chunk fdAT is out of order", 2, whole, first, MadePng.Control(1, 0, 0, 3, 1), MadePng.Later(3, row, 1));
        Refused("its chunk fdAT is out of order", 1, whole, first, ("fdAT", []));
        Refused("there are pixels before the first frame", 1, MadePng.Later(0, row, 1));
        Refused("frame 1 lies outside of the picture", 1, MadePng.Control(0, 1, 0, 3, 1), first);
        Refused("frame 1 lies outside of the picture", 1, MadePng.Control(0, 0, -1, 3, 1), first);
        Refused("frame 1 lies outside of the picture", 1, MadePng.Control(0, 0, 0, 0, 1), first);
        Refused("in a way that there isn't", 1, MadePng.Control(0, 0, 0, 3, 1, dispose: 3), first);
        Refused("in a way that there isn't", 1, MadePng.Control(0, 0, 0, 3, 1, blend: 2), first);
        Refused("its chunk fcTL has 3 bytes", 1, ("fcTL", [0, 0, 0]), first);
        Refused("the pixels of its first frame aren't where they belong", 1, MadePng.Control(0, 0, 0, 1, 1), first);
        Refused("is there twice", 1, ("PLTE", [0, 0, 0]), ("PLTE", [0, 0, 0]), whole, first);
        Refused("frame 1 is cut off", 1, whole, MadePng.First(Red, 1));
        File.WriteAllBytes(folder["clip.png"], MadePng.Animation(3, 1, MadePng.Rgba, 3, [.. Enumerable.Range(0, 3).SelectMany(Frame)]));
        var limits = new InputLimits { MostFrames = 2 };
        Assert.Contains("more than 2 frames", Assert.Throws<InputException>(() => VideoReader.Open(folder["clip.png"], limits)).Message);

        IEnumerable<(string, byte[])> Frame(int i) => i == 0
            ? [whole, first]
            : [MadePng.Control(2 * i - 1, 0, 0, 3, 1), MadePng.Later(2 * i, row, 1)];
    }

    // Wherever it ends, and whatever is in it: frames, or a sentence.
    [Fact]
    public void SpoiledFilesAreReadOrRefused()
    {
        TestVideos.Noise(3, 8, 8).SaveAs(folder["whole.png"], TestVideos.Rate);
        byte[] whole = File.ReadAllBytes(folder["whole.png"]);
        for (int length = 60; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(folder["clip.png"], whole[..length]);
            Assert.Contains("is cut off", Assert.Throws<InputException>(() => ReadAll()).Message);
        }
        var random = new Random(3);
        int refused = 0;
        for (int run = 0; run < 500; run++)
        {
            byte[] spoiled = [.. whole];
            spoiled[random.Next(45, spoiled.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder["clip.png"], spoiled);
            if (Record.Exception(() => ReadAll()) is not { } exception)
                continue;
            Assert.IsType<InputException>(exception);
            refused++;
        }
        Assert.InRange(refused, 450, 500); // the check of IEND isn't looked at, nor names of chunks that nobody knows
    }

    private void Refused(string says, int count, params (string, byte[])[] chunks)
    {
        File.WriteAllBytes(folder["clip.png"], MadePng.Animation(3, 1, MadePng.Rgba, count, chunks));
        Assert.Contains(says, Assert.Throws<InputException>(() => ReadAll()).Message);
    }

    private void Write(params (string Type, byte[] Data)[] chunks) => File.WriteAllBytes(
        folder["clip.png"], MadePng.Animation(3, 1, MadePng.Rgba, chunks.Count(chunk => chunk.Type == "fcTL"), chunks));

    private byte[][] ReadAll()
    {
        using var reader = VideoReader.Open(folder["clip.png"]);
        return [.. reader.Frames(TestContext.Current.CancellationToken)];
    }

    private IEnumerable<string> Shown() => ReadAll().Select(Letters);

    // Of a row of pure colours.
    private static string Letters(byte[] rgb) => string.Concat(rgb.Chunk(3).Select(pixel => pixel switch
    {
        [255, 0, 0] => 'R',
        [0, 255, 0] => 'G',
        [0, 0, 255] => 'B',
        [0, 0, 0] => '.',
        _ => '?',
    }));
}
