using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Resizing is Pillow's, byte for byte.</summary>
public class ResizerTests
{
    /// <summary>Every size and filter of the reference file: <c>pillow.rgb.20x13.lanczos</c>.</summary>
    public static TheoryData<string> PillowCases()
    {
        using var file = Golden.Open("resize/pillow.safetensors");
        return [.. file.Names.Where(name => name.StartsWith("pillow."))];
    }

    [Theory]
    [MemberData(nameof(PillowCases))]
    public void Every_filter_and_size_is_Pillows(string name)
    {
        using var file = Golden.Open("resize/pillow.safetensors");
        string[] parts = name.Split('.');
        var expected = GoldenPicture.Of(file, name);
        var actual = GoldenPicture.Of(file, "source.rgb").Resized(expected.Size, Enum.Parse<ResizeFilter>(parts[3], ignoreCase: true));
        Assert.Equal(parts[2], $"{actual.Width}x{actual.Height}");
        Assert.Equal(expected.Rgb24, actual.Rgb24);
    }

    [Theory]
    [InlineData("bicubic")]
    [InlineData("bilinear")]
    [InlineData("nearest")]
    public void Pictures_grow_as_Pillows_do(string filter)
    {
        using var file = Golden.Open("tasks/images.safetensors");
        var expected = GoldenPicture.Of(file, $"image0.pil_{filter}.u8");
        var actual = GoldenPicture.Of(file, "image0.u8").Resized(expected.Size, Enum.Parse<ResizeFilter>(filter, ignoreCase: true));
        Assert.Equal(expected.Rgb24, actual.Rgb24);
    }

    [Theory]
    [InlineData("image0")]
    [InlineData("image1")]
    [InlineData("image2")]
    public void A_side_that_stays_has_no_pass(string name)
    {
        using var file = Golden.Open("tasks/images.safetensors");
        var picture = GoldenPicture.Of(file, name + ".u8");
        var expected = GoldenPicture.Of(file, name + ".horizontal_pass.u8");
        var across = picture.Resized(expected.Size);
        Assert.Equal(expected.Rgb24, across.Rgb24);
        var both = GoldenPicture.Of(file, name + ".default_horizontal_first.u8");
        Assert.Equal(both.Rgb24, across.Resized(both.Size).Rgb24);
    }

    [Fact]
    public void A_window_is_what_would_be_cut_out() => Prop.ForAll(Cases().ToArbitrary(), Windowed).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_size_is_the_same_picture() => Prop.ForAll(Cases().ToArbitrary(), test =>
        test.Picture.Resized(test.Picture.Size, test.Filter).Rgb24.SequenceEqual(test.Picture.Rgb24)).QuickCheckThrowOnFailure();

    [Fact]
    public void One_colour_stays_one_colour() => Prop.ForAll(Cases().ToArbitrary(), test =>
    {
        byte[] colour = test.Picture.Rgb24[..3];
        byte[] flat = [.. Enumerable.Range(0, test.Picture.Rgb24.Length).Select(i => colour[i % 3])];
        byte[] resized = new StillImage(flat, test.Picture.Height, test.Picture.Width).Resized(test.To, test.Filter).Rgb24;
        return resized.Select((value, i) => value == colour[i % 3]).All(same => same);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_turned_picture_is_resized_alike_where_one_side_changes() => Prop.ForAll(Cases().ToArbitrary(), test =>
    {
        var down = test.Picture.Resized(test.Picture.Size with { Height = test.To.Height }, test.Filter);
        var across = Turned(test.Picture).Resized(new PixelSize(test.Picture.Width, test.To.Height), test.Filter);
        return Turned(down).Rgb24.SequenceEqual(across.Rgb24);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Any_number_of_threads_gives_the_same_bytes()
    {
        var picture = Noise(301, 203, 1);
        var size = new PixelSize(97, 151);
        var alone = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;      // which Parallel takes over
        var onOne = await Task.Factory.StartNew(
            () => picture.Resized(size).Rgb24, TestContext.Current.CancellationToken, TaskCreationOptions.None, alone);
        Assert.Equal(onOne, picture.Resized(size).Rgb24);
    }

    [Fact]
    public void What_is_no_size_or_filter_is_refused()
    {
        var picture = new StillImage(new byte[12], 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.Resized(new PixelSize(0, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.Resized(new PixelSize(2, -1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.Resized(new PixelSize(60_000, 60_000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.Resized(new PixelSize(2, 3), (ResizeFilter)6));
    }

    private static bool Windowed(Case test)
    {
        var (height, width) = (test.To.Height, test.To.Width);
        var window = new PixelWindow(height / 3, width / 4, new PixelSize(height - height / 2, width - width / 3));
        byte[] whole = new Resizer(test.Picture.Size, test.To, PixelWindow.Whole(test.To), test.Filter).Run(test.Picture.Rgb24);
        byte[] part = new Resizer(test.Picture.Size, test.To, window, test.Filter).Run(test.Picture.Rgb24);
        return new PicturePart(whole, PixelWindow.Whole(test.To)).Cut(window).SequenceEqual(part);
    }

    private static StillImage Turned(StillImage picture)
    {
        var turned = new byte[picture.Rgb24.Length];
        for (int i = 0; i < turned.Length; i++)
        {
            var (row, column, channel) = (i / 3 / picture.Width, i / 3 % picture.Width, i % 3);
            turned[3 * (column * picture.Height + row) + channel] = picture.Rgb24[i];
        }
        return new StillImage(turned, picture.Width, picture.Height);
    }

    private static Gen<Case> Cases() =>
        from height in Gen.Choose(1, 70)
        from width in Gen.Choose(1, 70)
        from newHeight in Gen.Choose(1, 90)
        from newWidth in Gen.Choose(1, 90)
        from filter in Gen.Elements(Enum.GetValues<ResizeFilter>())
        from seed in Gen.Choose(0, 1000)
        select new Case(Noise(height, width, seed), new PixelSize(newHeight, newWidth), filter);

    private static StillImage Noise(int height, int width, int seed)
    {
        var rgb = new byte[3 * height * width];
        new System.Random(seed).NextBytes(rgb);
        return new StillImage(rgb, height, width);
    }

    private sealed record Case(StillImage Picture, PixelSize To, ResizeFilter Filter)
    {
        public override string ToString() => $"{Picture.Size} to {To}, {Filter}";
    }
}
