using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Pictures fitted into a model's size are the reference's, byte for byte, and so are the numbers that a model takes.</summary>
public class ImageFitTests
{
    private static readonly PixelSize Target = new(48, 64);

    [Theory]
    [InlineData(ImageFit.Crop, "crop")]
    [InlineData(ImageFit.Pad, "fill")]
    [InlineData(ImageFit.Stretch, "default")]
    public void A_fitted_picture_is_the_references(ImageFit fit, string mode)
    {
        using var file = Golden.Open("tasks/images.safetensors");
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("tasks/images.json")));
        for (int i = 0; i < 3; i++)
        {
            var picture = GoldenPicture.Of(file, $"image{i}.u8");
            var of = json.RootElement.GetProperty("cases")[i];
            Assert.Equal(Size(of.GetProperty("resized_to").GetProperty(mode)), picture.PlacementIn(Target, fit).Resized);
            Assert.Equal(Size(of.GetProperty("size_if_none_is_given")), picture.Size.RoundedDown(8));
            Assert.Equal(GoldenPicture.Of(file, $"image{i}.{mode}.u8").Rgb24, picture.FittedTo(Target, fit).Rgb24);
        }
    }

    [Fact]
    public void Numbers_for_the_model_are_the_references()
    {
        using var file = Golden.Open("tasks/images.safetensors");
        var stretched = GoldenPicture.Of(file, "image0.u8").FittedTo(Target, ImageFit.Stretch);
        Assert.Equal(file["image0.default.tensor"].ToFloats(), Planes(stretched));
    }

    [Theory]
    [InlineData("i2v-1.5-resized")]
    [InlineData("i2v-1.5-portrait")]
    [InlineData("i2v-5b-native-negative")]
    [InlineData("lora-i2v-zoom")]
    [InlineData("i2v-1.5-two-list", "i2v-1.5-two.0", "i2v-1.5-two.1")]
    public void Pictures_of_runs_are_prepared_as_there(string run, params string[] pictures)
    {
        using var file = Golden.Open("tasks/prepared.safetensors");
        var shape = file[run].Shape;
        var size = new PixelSize(shape[2], shape[3]);
        float[] planes = [.. (pictures.Length == 0 ? [run] : pictures)
            .SelectMany(name => Planes(StillImage.Load(Golden.Path($"tasks/runs/{name}.png")).FittedTo(size, ImageFit.Stretch)))];
        Assert.Equal(file[run].ToFloats(), planes);
    }

    [Fact]
    public void Bytes_of_a_picture_out_are_the_references()
    {
        using var file = Golden.Open("tasks/images.safetensors");
        float[] unit = file["postprocess.pt"].ToFloats();       // [1,F,3,H,W]
        byte[] expected = file["postprocess.pil_u8"].AsReadOnlySpan<byte>().ToArray();      // [F,H,W,3]
        int pixels = unit.Length / 2 / 3;
        var channelsLast = new float[unit.Length];
        for (int i = 0; i < unit.Length; i++)
        {
            var (frame, pixel, channel) = (i / 3 / pixels, i / 3 % pixels, i % 3);
            channelsLast[i] = unit[(3 * frame + channel) * pixels + pixel];
        }
        var bytes = new byte[unit.Length];
        Rgb24.FromUnit(channelsLast, bytes);
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData(1920, 1080, 720, 480, ImageFit.Crop, "resized 1920×1080 to 853×480, cropped to 720×480")]
    [InlineData(1920, 1080, 720, 480, ImageFit.Pad, "resized 1920×1080 to 720×405, padded to 720×480")]
    [InlineData(1920, 1080, 720, 480, ImageFit.Stretch, "resized 1920×1080 to 720×480, the ratio not kept")]
    [InlineData(1440, 960, 720, 480, ImageFit.Stretch, "resized 1440×960 to 720×480")]
    [InlineData(1440, 960, 720, 480, ImageFit.Crop, "resized 1440×960 to 720×480")]
    [InlineData(853, 480, 720, 480, ImageFit.Crop, "cropped from 853×480 to 720×480")]
    [InlineData(600, 480, 720, 480, ImageFit.Pad, "padded from 600×480 to 720×480")]
    [InlineData(720, 480, 720, 480, ImageFit.Pad, "")]
    public void What_becomes_of_it_is_said(int width, int height, int newWidth, int newHeight, ImageFit fit, string sentence) =>
        Assert.Equal(sentence, ImagePlacement.Of(new(height, width), new(newHeight, newWidth), fit).ToString());

    // One by one: 32 − 6 columns, where (64 − 13) / 2 would be 25; and 2 − 4, where (4 − 9) / 2, rounded down, would be −3.
    [Theory]
    [InlineData(101, 29, 48, 64, ImageFit.Pad, 0, 26)]
    [InlineData(8, 9, 8, 4, ImageFit.Crop, 0, -2)]
    public void Halves_are_rounded_down(int height, int width, int newHeight, int newWidth, ImageFit fit, int top, int left)
    {
        var placement = ImagePlacement.Of(new(height, width), new(newHeight, newWidth), fit);
        Assert.Equal((top, left), (placement.Top, placement.Left));
    }

    [Fact]
    public void The_border_of_an_odd_target_ends_in_black_as_in_the_reference()
    {
        byte[] flat = [.. Enumerable.Repeat((byte)200, 3 * 8 * 4)];
        var padded = new StillImage(flat, 4, 8).FittedTo(new PixelSize(9, 8), ImageFit.Pad);
        Assert.All(padded.Rgb24[..^24], value => Assert.Equal(200, value));
        Assert.All(padded.Rgb24[^24..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Of_a_long_thin_picture_only_what_is_shown_is_computed()
    {
        var picture = new StillImage([.. Enumerable.Repeat((byte)77, 3 * 32768)], 1, 32768);
        var cropped = picture.FittedTo(new PixelSize(480, 720));
        Assert.All(cropped.Rgb24, value => Assert.Equal(77, value));
        Assert.All(picture.FittedTo(new PixelSize(480, 720), ImageFit.Stretch).Rgb24, value => Assert.Equal(77, value));
    }

    [Fact]
    public void What_would_vanish_is_refused_by_its_name()
    {
        byte[] png = MadePng.Make(300, 1, 8, MadePng.Grey, new byte[300]);
        using var folder = new TestFolder();
        File.WriteAllBytes(folder["line.png"], png);
        var line = StillImage.Load(folder["line.png"]);
        string message = Assert.Throws<InputException>(() => line.FittedTo(new PixelSize(48, 64), ImageFit.Pad)).Message;
        Assert.Contains("line.png' is 300×1, too long and thin to become 64×48 with its ratio kept", message);
        Assert.Contains("stretch it", message);
        Assert.Throws<InputException>(() => ImagePlacement.Of(new(1, 1 << 29), new(480, 720), ImageFit.Crop));
    }

    [Fact]
    public void What_is_no_size_or_fit_is_refused()
    {
        var picture = new StillImage(new byte[12], 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.FittedTo(new PixelSize(0, 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.FittedTo(new PixelSize(8, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.FittedTo(new PixelSize(60_000, 60_000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.FittedTo(new PixelSize(8, 8), (ImageFit)3));
        Assert.Throws<ArgumentException>(() => picture.CopySigned(new float[11]));
    }

    private static PixelSize Size(JsonElement sides) => new(sides[0].GetInt32(), sides[1].GetInt32());

    // [H,W,3] as [3,H,W], which is how the reference has it.
    private static float[] Planes(StillImage picture)
    {
        var pixels = new float[picture.Rgb24.Length];
        picture.CopySigned(pixels);
        return [.. Enumerable.Range(0, 3).SelectMany(channel => pixels.Where((_, i) => i % 3 == channel))];
    }
}
